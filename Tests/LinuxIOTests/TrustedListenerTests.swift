import LinuxIO
import TestThreads
import Testing

/// Whom a client of a Unix socket trusts: `PATH[,uid=N|any]`.
@Suite(.timeLimit(.minutes(10))) struct TrustedListenerTests {
    @Test(
        arguments: [
            ("/run/s", "/run/s", .own), ("/run/s,uid=7", "/run/s", .user(7)), ("/run/s,uid=0", "/run/s", .user(0)),
            ("/run/s,uid=4294967295", "/run/s", .user(.max)), ("/run/s,uid=any", "/run/s", .anyone),
            ("", "", .own), (",uid=any", "", .anyone),
            // Commas in a path, and what only looks like the option.
            ("/a,b/s", "/a,b/s", .own), ("/a,b,uid=7", "/a,b", .user(7)), ("/s,gid=7", "/s,gid=7", .own),
            ("/s,uid", "/s,uid", .own), ("/s,UID=7", "/s,UID=7", .own), ("/s,uid=7,", "/s,uid=7,", .own),
            ("/d,uid=7/s", "/d,uid=7/s", .own), ("/d,uid=any/s", "/d,uid=any/s", .own),
            ("/d,uid=7/s,uid=8", "/d,uid=7/s", .user(8)), ("/s,uid=7,uid=8", "/s,uid=7", .user(8)),
        ] as [(String, String, TrustedListener)]) func anOptionEndsAPath(
            text: String, path: String, listener: TrustedListener
        ) throws
    {
        let parsed = try #require(TrustedListener.parse(text))
        #expect(parsed.path == path)
        #expect(parsed.listener == listener)
    }

    @Test(arguments: ["/s,uid=", "/s,uid=-1", "/s,uid=4294967296", "/s,uid=root", "/s,uid=Any", "/s,uid=7 "])
    func whatIsNoUserIsRefused(text: String) {
        #expect(TrustedListener.parse(text) == nil)
    }

    @Test func itIsWrittenAsItIsParsed() throws {
        for (listener, suffix) in [(.own, ""), (.user(7), ",uid=7"), (.anyone, ",uid=any")]
            as [(TrustedListener, String)]
        {
            #expect(listener.suffix == suffix)
            let parsed = try #require(TrustedListener.parse("/s" + suffix))
            #expect(parsed.path == "/s" && parsed.listener == listener)
        }
    }

    @Test func rootIsAlwaysTrusted() {
        let own = Environment.userID
        for listener in [.own, .user(7), .user(own), .anyone] as [TrustedListener] { #expect(listener.includes(0)) }
        #expect(TrustedListener.own.includes(own) && !TrustedListener.own.includes(own + 1))
        #expect(TrustedListener.user(7).includes(7))
        #expect(!TrustedListener.user(7).includes(8) && !TrustedListener.user(7).includes(.max))
        #expect(TrustedListener.anyone.includes(.max) && TrustedListener.anyone.includes(7))
    }
    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user")) func aUserTrustsItselfAndRoot() throws {
        try Apart.asUser {
            #expect(TrustedListener.own.includes(Apart.stranger) && TrustedListener.own.includes(0))
            #expect(!TrustedListener.own.includes(Apart.stranger - 1))
        }
    }
}
