using FluentMigrator;

namespace AiEditor.Persistence.Migrations;

[Migration(5, "component_versions: the superseded past, append-only")]
public sealed class M0005_CreateComponentVersions : ForwardOnlyMigration
{
    public override void Up() =>
        Execute.Sql(
            """
            create table component_versions (
                session_id     bigint not null,
                component_id   bigint not null,
                version        bigint not null,
                revision       bigint not null,
                name           text not null,
                jsx_code       text not null,
                css_code       text not null,
                component_type text not null,
                metadata       json not null,
                created_at     timestamptz not null,
                constraint component_versions_pkey primary key (session_id, component_id, version),
                constraint component_versions_component_fkey foreign key (session_id, component_id)
                    references components (session_id, id) on delete cascade
            );

            create trigger component_versions_append_only before update on component_versions
                for each row execute function refuse_rewriting_history();
            create trigger component_versions_no_delete before delete on component_versions
                for each row when (pg_trigger_depth() = 0) execute function refuse_rewriting_history();
            """
        );
}
