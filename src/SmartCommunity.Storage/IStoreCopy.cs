namespace SmartCommunity.Storage;

/// <summary>Copies the whole store while it runs: what a backup is made of.</summary>
public interface IStoreCopy
{
    /// <summary>The folder the store lives in.</summary>
    string Folder { get; }

    /// <summary>Number of the newest migration of the file.</summary>
    int Schema { get; }

    /// <summary>Bytes a copy made now would have.</summary>
    long CopyBytes { get; }

    /// <summary>
    /// Writes a copy to <paramref name="file"/>, which must not exist (mode 0600). The copy is one state of the store: everything up to the position of the moment it began and nothing
    /// after it. Commits go on meanwhile.
    /// </summary>
    /// <param name="room">Bytes that must stay free on the disk of <paramref name="file"/>.</param>
    /// <param name="onProgress">Bytes done, bytes in all; called on a thread of the copy.</param>
    /// <exception cref="StoreUnavailableException">The disk is too small or fails; the sentence has the figures. No part of the file stays.</exception>
    ValueTask CopyAsync(string file, long room, Action<long, long> onProgress, CancellationToken cancellation);
}
