namespace AiEditor.Persistence.Features.UpdateComponent;

static class Sql
{
    public const string Update = """
        update components c
        set revision = u.revision, version = u.version, version_revision = u.version_revision,
            version_created_at = u.version_created_at, name = u.name, jsx_code = u.jsx_code, css_code = u.css_code,
            component_type = u.component_type, is_current = u.is_current, metadata = u.metadata::json,
            updated_at = u.updated_at
        from unnest(
            @SessionIds::bigint[], @Ids::bigint[], @Revisions::bigint[], @Versions::bigint[], @VersionRevisions::bigint[],
            @VersionCreatedAts::timestamptz[], @Names::text[], @JsxCodes::text[], @CssCodes::text[],
            @ComponentTypes::text[], @AreCurrent::boolean[], @Metadatas::text[], @UpdatedAts::timestamptz[]
        ) as u (session_id, id, revision, version, version_revision, version_created_at, name, jsx_code, css_code,
                component_type, is_current, metadata, updated_at)
        where c.session_id = u.session_id and c.id = u.id
        """;
}
