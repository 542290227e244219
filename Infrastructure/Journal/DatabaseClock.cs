namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>The database's clock: as it was read last, and what has passed here since. It never goes back, and says nothing twice.</summary>
sealed class DatabaseClock
{
    DateTime read = DateTime.MinValue;
    DateTime given = DateTime.MinValue;
    long readAt;

    /// <summary>
    /// To the microsecond, as timestamptz keeps it. By its time a session is told from what it was at that revision in a
    /// database that was restored since, also while the server's clock is behind.
    /// </summary>
    public DateTime Now
    {
        get
        {
            var now = read + TimeProvider.System.GetElapsedTime(readAt);
            now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
            return given = now > given ? now : given.AddTicks(TimeSpan.TicksPerMicrosecond);
        }
    }

    public void Set(DateTime now) => (read, readAt) = (now, TimeProvider.System.GetTimestamp());
}
