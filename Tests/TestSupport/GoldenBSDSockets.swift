extension GoldenFrames {
    static let bsdSockets: [GoldenFrame] = [
        GoldenFrame(.bsdSocket, "E0 70 02 | 01 01 | 01 00 | EE", "type=1 protocol=0"),
        GoldenFrame(.bsdClose, "E0 71 01 | 01 36 | EE", "socket=54"),
        GoldenFrame(.bsdBind, "E0 73 02 | 01 36 | 02 138B | EE", "socket=54 port=5003"),
        GoldenFrame(.bsdListen, "E0 74 02 | 01 36 | 01 04 | EE", "socket=54 backlog=4"),
        GoldenFrame(.bsdAccept, "E0 75 01 | 01 36 | EE", "socket=54"),
        GoldenFrame(
            .bsdConnect, "E0 76 03 | 01 37 | 04 7F000001 | 02 1F90 | EE", "socket=55 address=127.0.0.1 port=8080"),
        GoldenFrame(.bsdSend, "E0 77 02 | 0001 37 | 0008 'bsd-data' | EE", "socket=55 data=bsd-data"),
        GoldenFrame(.bsdRecv, "E0 78 02 | 01 37 | 02 6400 | EE", "socket=55 size=100"),
        GoldenFrame(
            .bsdSendto, "E0 79 04 | 0001 36 | 0004 7F000001 | 0002 1F90 | 0005 'dgram' | EE",
            "socket=54 address=127.0.0.1 port=8080 data=dgram"),
        GoldenFrame(.bsdRecvfrom, "E0 7A 02 | 01 36 | 02 6400 | EE", "socket=54 size=100"),
        GoldenFrame(
            .bsdIoctl, "E0 7B 03 | 01 37 | 04 7E660480 | 04 01000000 | EE",
            "socket=55 request=2147772030 value=0x01000000"),
        GoldenFrame(.bsdPoll, "E0 7C 01 | 01 37 | EE", "socket=55"),
        GoldenFrame(
            .bsdSetsockopt, "E0 7D 03 | 01 37 | 04 06100000 | 08 05000000 00000000 | EE",
            "socket=55 option=4102 value=0x0500000000000000"),
        GoldenFrame(
            .bsdGetsockopt, "E0 7E 03 | 01 37 | 04 07100000 | 01 04 | EE", "socket=55 option=4103 size=4"),
        GoldenFrame(.bsdGetpeername, "E0 7F 01 | 01 37 | EE", "socket=55"),
    ]

    static let bsdSocketReplies: [GoldenFrame] = [
        GoldenFrame(.bsdSocket, "E0 F0 01 | 01 36 | EE", "socket=54"),
        GoldenFrame(.bsdClose, "E0 F1 01 | 01 00 | EE", "result=0"),
        GoldenFrame(.bsdErrno, "E0 F2 01 | 01 0B | EE", "errno=11"),
        GoldenFrame(
            .bsdAccept, "E0 F5 03 | 01 38 | 04 0A000007 | 02 901F | EE", "socket=56 address=10.0.0.7 port=8080"),
        GoldenFrame(.bsdSend, "E0 F7 01 | 02 0108 | EE", "count=264"),
        GoldenFrame(.bsdRecv, "E0 F8 01 | 0003 'rep' | EE", "data=rep"),
        GoldenFrame(.bsdSendto, "E0 F9 01 | 02 0005 | EE", "count=5"),
        GoldenFrame(
            .bsdRecvfrom, "E0 FA 03 | 0004 0A000007 | 0002 901F | 0006 'answer' | EE",
            "address=10.0.0.7 port=8080 data=answer"),
        GoldenFrame(.bsdIoctl, "E0 FB 01 | 04 05000000 | EE", "value=0x05000000"),
        GoldenFrame(.bsdIoctl, "E0 FB 01 | 00 | EE", "value="),
        GoldenFrame(.bsdPoll, "E0 FC 01 | 01 03 | EE", "events=3"),
        GoldenFrame(.bsdGetsockopt, "E0 FE 01 | 04 04000000 | EE", "value=0x04000000"),
        GoldenFrame(
            .bsdGetpeername, "E0 FF 03 | 01 01 | 04 0A000007 | 02 901F | EE",
            "result=1 address=10.0.0.7 port=8080"),
    ]
}
