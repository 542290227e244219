namespace AiEditor.Persistence.Features.ImportSession;

static partial class Sql
{
    public const string InsertComponents = """
        insert into components
            (session_id, id, client_id, revision, version, version_revision, version_created_at, name, jsx_code, css_code,
             component_type, is_current, metadata, created_at, updated_at, deleted_at)
        overriding system value
        select session_id, id, client_id, 1, version, 1, version_created_at, name, jsx_code, css_code,
               component_type, is_current, metadata::json, created_at, updated_at, deleted_at
        from unnest(
            @SessionIds::bigint[], @Ids::bigint[], @ClientIds::uuid[], @Versions::bigint[], @VersionCreatedAts::timestamptz[],
            @Names::text[], @JsxCodes::text[], @CssCodes::text[], @ComponentTypes::text[], @AreCurrent::boolean[],
            @Metadatas::text[], @CreatedAts::timestamptz[], @UpdatedAts::timestamptz[], @DeletedAts::timestamptz[]
        ) as c (session_id, id, client_id, version, version_created_at, name, jsx_code, css_code, component_type, is_current,
                metadata, created_at, updated_at, deleted_at)
        """;

    public const string InsertVersions = """
        insert into component_versions
            (session_id, component_id, version, revision, name, jsx_code, css_code, component_type, metadata, created_at)
        select session_id, component_id, version, 1, name, jsx_code, css_code, component_type, metadata::json, created_at
        from unnest(
            @SessionIds::bigint[], @ComponentIds::bigint[], @Versions::bigint[], @Names::text[], @JsxCodes::text[],
            @CssCodes::text[], @ComponentTypes::text[], @Metadatas::text[], @CreatedAts::timestamptz[]
        ) as v (session_id, component_id, version, name, jsx_code, css_code, component_type, metadata, created_at)
        """;
}
