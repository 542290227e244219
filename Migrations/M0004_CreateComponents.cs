using FluentMigrator;

namespace AiEditor.Persistence.Migrations;

[Migration(4, "components: what was made, as it is now")]
public sealed class M0004_CreateComponents : ForwardOnlyMigration
{
    public override void Up() =>
        Execute.Sql(
            """
            -- version_revision and version_created_at say when the present version was made; revision and updated_at also
            -- move when the component is merely chosen or retired as the current one.
            create table components (
                session_id         bigint not null,
                id                 bigint generated always as identity (maxvalue 9007199254740991),
                client_id          uuid not null,
                revision           bigint not null,
                version            bigint not null,
                version_revision   bigint not null,
                version_created_at timestamptz not null,
                name               text not null,
                jsx_code           text not null,
                css_code           text not null,
                component_type     text not null,
                is_current         boolean not null,
                metadata           json not null,
                created_at         timestamptz not null,
                updated_at         timestamptz not null,
                deleted_at         timestamptz,
                constraint components_pkey primary key (session_id, id),
                constraint components_session_fkey foreign key (session_id) references sessions (id) on delete cascade,
                constraint components_version_valid check (version between 1 and 9007199254740991),
                constraint components_name_length check (char_length(name) between 1 and 255),
                constraint components_jsx_code_size check (octet_length(jsx_code) between 1 and 1048576),
                constraint components_css_code_size check (octet_length(css_code) <= 1048576),
                constraint components_component_type_length check (char_length(component_type) between 1 and 50),
                constraint components_metadata_size check (octet_length(metadata::text) <= 65536)
            );

            -- At most one current component a session, whatever the code above it believes; also finds it.
            create unique index components_one_current on components (session_id) where is_current and deleted_at is null;
            """
        );
}
