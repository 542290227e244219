using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Postgres;

/// <summary>Turns <c>DATABASE_URL</c>, a postgresql:// URI or an Npgsql connection string, into settings that fail fast.</summary>
public static class DatabaseUrl
{
    /// <summary>libpq's names where Npgsql's differ by more than punctuation.</summary>
    static readonly Dictionary<string, string> LibpqNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["connect_timeout"] = "Timeout",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslrootcert"] = "Root Certificate",
        ["target_session_attrs"] = "Target Session Attributes",
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["application_name"] = "Application Name",
        ["channel_binding"] = "Channel Binding",
        ["load_balance_hosts"] = "Load Balance Hosts",
    };

    public static NpgsqlConnectionStringBuilder Parse(string url)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings =
                url.StartsWith("postgres://", StringComparison.Ordinal)
                || url.StartsWith("postgresql://", StringComparison.Ordinal)
                    ? FromUri(url)
                    : new(url);
        }
        catch (Exception e)
            when (e is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException)
        {
            // Not the original message: it may quote the password.
            throw new InvalidSettingException(
                "DATABASE_URL",
                $"is neither a postgresql:// URI nor an Npgsql connection string ({e.GetType().Name})"
            );
        }
        if (string.IsNullOrEmpty(settings.Host))
            throw new InvalidSettingException("DATABASE_URL", "names no host");
        if (settings.Port is < 1 or > 65535)
            throw new InvalidSettingException("DATABASE_URL", "names a port that is none");
        return WithDefaults(settings);
    }

    static NpgsqlConnectionStringBuilder FromUri(string url)
    {
        // System.Uri knows no lists of hosts.
        var rest = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var (beforeQuery, query) = Cut(rest, '?');
        var (authority, database) = Cut(beforeQuery, '/');
        var at = authority.LastIndexOf('@');
        var settings = new NpgsqlConnectionStringBuilder { Host = authority[(at + 1)..] };
        if (at >= 0)
        {
            var (user, password) = Cut(authority[..at], ':');
            settings.Username = Uri.UnescapeDataString(user);
            if (password.Length > 0)
                settings.Password = Uri.UnescapeDataString(password);
        }
        if (
            settings.Host is { } host
            && !host.Contains(',')
            && !host.StartsWith('[')
            && Cut(host, ':') is (var name, { Length: > 0 } port)
        )
            (settings.Host, settings.Port) = (name, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
        settings.Database = database.Length > 0 ? Uri.UnescapeDataString(database) : settings.Username;
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (parameter, value) = Cut(pair, '=');
            (parameter, value) = (Uri.UnescapeDataString(parameter), Uri.UnescapeDataString(value));
            settings[LibpqNames.GetValueOrDefault(parameter, parameter)] = parameter is "sslmode"
                ? value.Replace("-", "", StringComparison.Ordinal)
                : value;
        }
        return settings;
    }

    static NpgsqlConnectionStringBuilder WithDefaults(NpgsqlConnectionStringBuilder settings)
    {
        // A client that waits longer has already retried; an exhausted pool answers 503 in this time.
        if (!IsGiven("Timeout"))
            settings.Timeout = 3;
        if (!IsGiven("Command Timeout"))
            settings.CommandTimeout = 4;
        if (!IsGiven("Cancellation Timeout"))
            settings.CancellationTimeout = 500;
        // PostgreSQL allows 100 by default, and several instances share them.
        if (!IsGiven("Maximum Pool Size"))
            settings.MaxPoolSize = 20;
        if (!IsGiven("Application Name"))
            settings.ApplicationName = "AiEditor.Persistence";
        // The statements are few and always the same; each connection prepares them once.
        if (!IsGiven("Max Auto Prepare"))
            settings.MaxAutoPrepare = 100;
        // All that is set here is set for one transaction: there is nothing to reset, six statements long, each time.
        if (!IsGiven("No Reset On Close"))
            settings.NoResetOnClose = true;
        // Several hosts mean failover to the one that accepts writes, looked for again as soon as it has moved.
        if (settings.Host!.Contains(',') && !IsGiven("Target Session Attributes"))
            settings.TargetSessionAttributes = "read-write";
        if (!IsGiven("Host Recheck Seconds"))
            settings.HostRecheckSeconds = 1;
        return settings;

        // Not ContainsKey, which is true of every name that Npgsql knows.
        bool IsGiven(string name) => settings.ShouldSerialize(name);
    }

    static (string Before, string After) Cut(string text, char at) =>
        text.IndexOf(at) is >= 0 and var i ? (text[..i], text[(i + 1)..]) : (text, "");
}
