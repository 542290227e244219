using FluentMigrator;

namespace AiEditor.Persistence.Migrations;

[Migration(11, "expect_count: a transaction that found other rows than it was written for fails")]
public sealed class M0011_ExpectCounts : ForwardOnlyMigration
{
    public override void Up() =>
        Execute.Sql(
            """
            -- A writer that remembers a session sends everything at once, commit included, and cannot look at what its
            -- update found before it goes on. So the server looks, and lets the whole transaction fail.
            create function expect_count(actual bigint, expected bigint) returns void language plpgsql as $$
            begin
                if actual <> expected then
                    raise exception 'found % instead of %', actual, expected using errcode = 'AE001';
                end if;
            end
            $$;
            """
        );
}
