extension GoldenFrames {
    static let storage = bluetooth + pins + preferences + files

    private static let bluetooth: [GoldenFrame] = [
        GoldenFrame(.blePeek, "E0 4D 01 | 02 0300 | EE", "size=3"),
        GoldenFrame(.bleRead, "E0 4E 01 | 02 2C01 | EE", "size=300"),
        GoldenFrame(.bleWrite, "E0 4F 01 | 0004 01030C00 | EE", "packet=0x01030C00"),
    ]

    private static let pins: [GoldenFrame] = [
        GoldenFrame(.setPinMode, "E0 50 02 | 01 19 | 01 02 | EE", "pin=25 mode=2"),
        GoldenFrame(.setDigitalWrite, "E0 51 02 | 01 19 | 01 01 | EE", "pin=25 value=1"),
        GoldenFrame(.setAnalogWrite, "E0 52 02 | 01 1B | 01 80 | EE", "pin=27 value=128"),
        GoldenFrame(.getDigitalRead, "E0 53 01 | 01 1A | EE", "pin=26"),
        GoldenFrame(.getAnalogRead, "E0 54 01 | 01 06 | EE", "pin=6"),
        GoldenFrame(.getAnalogRead, "E0 54 02 | 01 22 | 01 03 | EE", "pin=34 attenuation=3"),
    ]

    private static let preferences: [GoldenFrame] = [
        GoldenFrame(.prefBegin, "E0 55 01 | 05 'space' | EE", "name=space"),
        GoldenFrame(.prefBegin, "E0 55 02 | 05 'space' | 01 01 | EE", "name=space read_only=1"),
        GoldenFrame(.prefBegin, "E0 55 03 | 02 'ro' | 01 01 | 04 'nvs2' | EE", "name=ro read_only=1 label=nvs2"),
        GoldenFrame(.prefRemove, "E0 58 01 | 02 'u8' | EE", "key=u8"),
        GoldenFrame(.prefLen, "E0 59 01 | 04 'blob' | EE", "key=blob"),
        GoldenFrame(
            .prefPut, "E0 5B 03 | 03 'u32' | 01 05 | 0004 78563412 | EE", "key=u32 type=5 value=0x78563412"),
        GoldenFrame(.prefGet, "E0 5C 02 | 03 'u32' | 01 05 | EE", "key=u32 type=5"),
        GoldenFrame(.prefGettype, "E0 5D 01 | 03 'u32' | EE", "key=u32"),
    ]

    private static let files: [GoldenFrame] = [
        GoldenFrame(
            .writeFile, "E0 60 04 | 04 03000000 | 04 05000000 | 09 '/fs/f.txt' | 00 'hello' | EE",
            "offset=3 count=5 path=/fs/f.txt data=hello"),
        GoldenFrame(
            .readFile, "E0 61 03 | 04 02000000 | 04 04000000 | 09 '/fs/f.txt' | EE", "offset=2 count=4 path=/fs/f.txt"),
        GoldenFrame(
            .deleteFile, "E0 62 03 | 04 00000000 | 04 00000000 | 05 '/fs/t' | EE", "offset=0 count=0 path=/fs/t"),
        GoldenFrame(
            .existsFile, "E0 63 03 | 04 00000000 | 04 04000000 | 05 '/fs/t' | EE", "offset=0 count=4 path=/fs/t"),
        GoldenFrame(
            .downloadFile, "E0 64 02 | 0A 'http://h/x' | 02 'dl' | EE", "url=http://h/x name=dl"),
        GoldenFrame(.renameFile, "E0 66 02 | 05 '/fs/s' | 05 '/fs/t' | EE", "old=/fs/s new=/fs/t"),
        GoldenFrame(.downloadOTA, "E0 67 01 | 0A 'http://h/x' | EE", "url=http://h/x"),
    ]

    static let storageReplies: [GoldenFrame] = [
        GoldenFrame(.bleBegin, "E0 CA 01 | 01 00 | EE", "code=0"),
        GoldenFrame(.bleAvailable, "E0 CC 01 | 02 0300 | EE", "count=3"),
        GoldenFrame(.blePeek, "E0 CD 01 | 0003 626C65 | EE", "data=ble"),
        GoldenFrame(.bleRead, "E0 CE 01 | 0000 | EE", "data="),
        GoldenFrame(.bleWrite, "E0 CF 01 | 02 0400 | EE", "count=4"),
        GoldenFrame(.getDigitalRead, "E0 D3 01 | 01 01 | EE", "value=1"),
        GoldenFrame(.getAnalogRead, "E0 D4 01 | 02 0604 | EE", "value=1030"),
        GoldenFrame(.getAnalogRead, "E0 D4 01 | 04 FFFFFFFF | EE", "value=-1"),
        GoldenFrame(.prefBegin, "E0 D5 01 | 01 01 | EE", "code=1"),
        GoldenFrame(.prefClear, "E0 D7 01 | 01 00 | EE", "code=0"),
        GoldenFrame(.prefRemove, "E0 D8 01 | 01 FF | EE", "code=255"),
        GoldenFrame(.prefLen, "E0 D9 01 | 04 07000000 | EE", "count=7"),
        GoldenFrame(.prefLen, "E0 D9 01 | 01 FF | EE", "error=255"),
        GoldenFrame(.prefStat, "E0 DA 01 | 04 F4010000 | EE", "count=500"),
        GoldenFrame(.prefPut, "E0 DB 01 | 04 05000000 | EE", "count=5"),
        GoldenFrame(.prefPut, "E0 DB 01 | 01 FE | EE", "error=254"),
        GoldenFrame(.prefGet, "E0 DC 01 | 0004 12345678 | EE", "value=0x12345678"),
        GoldenFrame(.prefGet, "E0 DC 01 | 0000 | EE", "value="),
        GoldenFrame(.prefGet, "E0 DC 01 | 00 | EE", "value="),
        GoldenFrame(.prefGettype, "E0 DD 01 | 01 0A | EE", "type=10"),
        GoldenFrame(.readFile, "E0 E1 01 | 05 'hello' | EE", "data=hello"),
        GoldenFrame(.deleteFile, "E0 E2 01 | 00 | EE", "nothing="),
        GoldenFrame(.existsFile, "E0 E3 01 | 04 FFFFFFFF | EE", "size=-1"),
        GoldenFrame(.existsFile, "E0 E3 01 | 04 07000000 | 00 | EE", "size_and_stray_byte=0x0700000000"),
        GoldenFrame(.renameFile, "E0 E6 01 | 01 02 | EE", "code=2"),
        GoldenFrame(.downloadOTA, "E0 E7 01 | 01 03 | EE", "code=3"),
    ]
}
