using Pingmesh.Agent.SelfWatch;
using Xunit;

namespace Pingmesh.UnitTests.Agent;

public class ResidentMemoryTests
{
    private static readonly string[] Smaps =
    [
        .. Mapping("1000-3000 r-xp 00001000 fe:00 12                          /opt/runtime/libone.so", anonymous: 0, swap: 0),
        .. Mapping("3000-4000 rw-p 00003000 fe:00 12                          /opt/runtime/libone.so", anonymous: 0, swap: 0),
        .. Mapping("4000-5000 r--p 00004000 fe:00 12                          /opt/runtime/relocated.so", anonymous: 4, swap: 0),
        .. Mapping("5000-6000 r--p 00004000 fe:00 12                          /opt/runtime/swapped.so", anonymous: 0, swap: 4),
        .. Mapping("6000-7000 r-xp 00000000 00:00 0 ", anonymous: 0, swap: 0),
        .. Mapping("7000-9000 r-xp 00000000 fe:00 13                          /usr/lib/plugin.so", anonymous: 0, swap: 0),
        .. Mapping("7ed05ec00000-7ed05ec02000 r--s 00000000 fe:00 14                  /opt/runtime/a library.dll", anonymous: 0, swap: 0),
    ];

    [Fact]
    public void Only_pages_that_are_as_the_file_has_them_are_dropped() =>
        Assert.Equal([(0x1000, 0x2000u), (unchecked((nint)0x7ed05ec00000), 0x2000u)], ResidentMemory.CleanCode(Smaps, ["/opt/runtime/"]));

    [Fact]
    public void A_process_goes_on_after_it_has_given_back_what_it_could()
    {
        var before = GC.CollectionCount(GC.MaxGeneration);
        ResidentMemory.UseOneHeap();
        for (var i = 0; i < 3; i++) ResidentMemory.GiveBack();
        Assert.True(GC.CollectionCount(GC.MaxGeneration) >= before + 3);
        Assert.InRange(ProcessUse.Read().ResidentBytes, 1 << 20, long.MaxValue);
    }

    private static string[] Mapping(string first, int anonymous, int swap) =>
        [first, "Size:                  8 kB", "Rss:                   8 kB", $"Anonymous:      {anonymous,9} kB", $"Swap:           {swap,9} kB", "VmFlags: rd ex mr mw me "];
}
