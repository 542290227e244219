namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>The database's clock: as it was read last, and what has passed here since. It never goes back.</summary>
sealed class DatabaseClock
{
    DateTime read = DateTime.MinValue;
    DateTime given = DateTime.MinValue;
    long readAt;

    /// <summary>To the microsecond, as timestamptz keeps it.</summary>
    public DateTime Now
    {
        get
        {
            var now = read + TimeProvider.System.GetElapsedTime(readAt);
            now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
            return given = now > given ? now : given;
        }
    }

    public void Set(DateTime now) => (read, readAt) = (now, TimeProvider.System.GetTimestamp());
}
