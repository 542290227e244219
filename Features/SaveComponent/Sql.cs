namespace AiEditor.Persistence.Features.SaveComponent;

static class Sql
{
    public const string Insert = """
        insert into components
            (session_id, id, client_id, revision, version, version_revision, version_created_at, name, jsx_code, css_code,
             component_type, is_current, metadata, created_at, updated_at)
        overriding system value
        select session_id, id, client_id, revision, version, version_revision, version_created_at, name, jsx_code, css_code,
               component_type, is_current, metadata::json, created_at, updated_at
        from unnest(
            @SessionIds::bigint[], @Ids::bigint[], @ClientIds::uuid[], @Revisions::bigint[], @Versions::bigint[],
            @VersionRevisions::bigint[], @VersionCreatedAts::timestamptz[], @Names::text[], @JsxCodes::text[],
            @CssCodes::text[], @ComponentTypes::text[], @AreCurrent::boolean[], @Metadatas::text[],
            @CreatedAts::timestamptz[], @UpdatedAts::timestamptz[]
        ) as c (session_id, id, client_id, revision, version, version_revision, version_created_at, name, jsx_code, css_code,
                component_type, is_current, metadata, created_at, updated_at)
        """;
}
