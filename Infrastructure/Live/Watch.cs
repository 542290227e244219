using System.Collections.Concurrent;

namespace AiEditor.Persistence.Infrastructure.Live;

/// <summary>
/// Who follows which session here. To be woken means to look at the journal; it carries nothing, so nothing can be missed or
/// queue up, however slow a follower is.
/// </summary>
public sealed class Watch
{
    /// <summary>Streams are cheap but not free, and no person has more tabs.</summary>
    const int FollowersOfUserAtMost = 100;

    readonly ConcurrentDictionary<long, Followed> sessions = new();
    readonly ConcurrentDictionary<long, int> ofUser = new();

    /// <summary>Null when the user follows too much already. To be disposed of.</summary>
    public Follower? Follow(long sessionId, long userId, long revision)
    {
        if (ofUser.AddOrUpdate(userId, 1, static (_, count) => count + 1) > FollowersOfUserAtMost)
        {
            Leave(userId);
            return null;
        }
        var follower = new Follower(this, sessionId, userId);
        while (true)
        {
            var followed = sessions.GetOrAdd(sessionId, _ => new Followed(revision));
            lock (followed)
            {
                // One that its last follower has just taken away is not to be joined.
                if (followed.IsAbandoned)
                    continue;
                followed.Followers.Add(follower);
                return follower;
            }
        }
    }

    public IReadOnlyCollection<long> Sessions => [.. sessions.Keys];

    /// <summary>The session is at that revision now, or gone (<see cref="long.MaxValue"/>).</summary>
    public void Wake(long sessionId, long revision)
    {
        if (!sessions.TryGetValue(sessionId, out var followed))
            return;
        lock (followed)
        {
            if (revision <= followed.Revision)
                return;
            followed.Revision = revision == long.MaxValue ? followed.Revision : revision;
            foreach (var follower in followed.Followers)
                follower.Wake();
        }
    }

    void Unfollow(Follower follower, long sessionId, long userId)
    {
        if (sessions.TryGetValue(sessionId, out var followed))
            lock (followed)
            {
                followed.Followers.Remove(follower);
                if (followed.Followers.Count == 0)
                {
                    followed.IsAbandoned = true;
                    sessions.TryRemove(new(sessionId, followed));
                }
            }
        Leave(userId);
    }

    void Leave(long userId)
    {
        if (ofUser.AddOrUpdate(userId, 0, static (_, count) => count - 1) <= 0)
            ofUser.TryRemove(new(userId, 0));
    }

    sealed class Followed(long revision)
    {
        public long Revision { get; set; } = revision;
        public HashSet<Follower> Followers { get; } = [];
        public bool IsAbandoned { get; set; }
    }

    /// <summary>Somebody who waits for a session to move.</summary>
    public sealed class Follower(Watch watch, long sessionId, long userId) : IDisposable
    {
        readonly SemaphoreSlim moved = new(0);
        int isDisposed;

        /// <summary>True as soon as the session has moved since the last wait; false when it has not for so long.</summary>
        public async Task<bool> HasMovedAsync(TimeSpan atMost, CancellationToken cancellation)
        {
            if (!await moved.WaitAsync(atMost, cancellation))
                return false;
            // Woken often is woken once.
            while (moved.Wait(0, CancellationToken.None)) { }
            return true;
        }

        internal void Wake()
        {
            if (moved.CurrentCount == 0)
                moved.Release();
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isDisposed, 1) == 0)
                watch.Unfollow(this, sessionId, userId);
        }
    }
}
