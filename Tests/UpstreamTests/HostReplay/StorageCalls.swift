import NINAWire
import TestSupport
import WiFiNINA

/// `WiFiStorage` and `WiFiStorageFile`.
let storageCalls: [String: HostCall] = [
    "WiFiStorage.write(\"/fs/a.bin\", 0, data, 7)": { try done($0.storage.write("/fs/a.bin", Sketch.sequence(7))) },
    "WiFiStorage.exists(\"/fs/a.bin\")": { "\(try $0.storage.exists("/fs/a.bin"))" },
    "WiFiStorage.exists(\"/fs/a.bin\", &len)": { try $0.storage.size("/fs/a.bin").map { "true \($0)" } ?? "false" },
    "WiFiStorage.read(\"/fs/a.bin\", 2, buf, 4)": {
        "true \(try $0.storage.read("/fs/a.bin", offset: 2, count: 4).hex.lowercased())"
    },
    "WiFiStorage.rename(\"/fs/a.bin\", \"/fs/bb.bin\")": { try done($0.storage.rename("/fs/a.bin", "/fs/bb.bin")) },
    "WiFiStorage.remove(\"/fs/bb.bin\")": { try done($0.storage.remove("/fs/bb.bin")) },
    "WiFiStorage.exists(\"/fs/none\")": { "\(try $0.storage.exists("/fs/none"))" },
    "WiFiStorage.write(String(\"/fs/s\"), 3, data, 1)": {
        try done($0.storage.write("/fs/s", offset: 3, Sketch.sequence(1)))
    },
    "WiFiStorage.read(String(\"/fs/s\"), 0, buf, 1)": { "\(try $0.storage.read("/fs/s", count: 1).count == 1)" },
    "WiFiStorage.rename(String(\"/fs/s\"), String(\"/fs/t\"))": { try done($0.storage.rename("/fs/s", "/fs/t")) },
    "WiFiStorage.remove(String(\"/fs/t\"))": { try done($0.storage.remove("/fs/t")) },
    "WiFiStorageFile f = WiFiStorage.open(\"/fs/f.txt\")": {
        $0.file = try $0.storage.open("/fs/f.txt")
        return nil
    },
    "(bool)f": { "\(try $0.openFile().exists())" },
    "f.write(\"hello\", 5)": { "\(try $0.openFile().write(Array("hello".utf8)))" },
    "f.size()": { "\(try $0.openFile().size())" },
    "f.seek(0)": { try ok($0.openFile().seek(0)) },
    "f.read(buf, 3)": {
        let bytes = try $0.openFile().read(3)
        return "\(bytes.count) \(bytes.hex.lowercased())"
    },
    "f.position()": { "\(try $0.openFile().position())" },
    "f.available()": { "\(try $0.openFile().available())" },
    "f.close()": { try ok($0.openFile().close()) },
    "f.erase()": { try ok($0.openFile().erase()) },
    "WiFiStorage.open(String(\"/fs/f.txt\"))": {
        _ = try $0.storage.open("/fs/f.txt")
        return nil
    },
    "WiFiStorage.download(\"http://127.0.0.1:17009/x\", \"dl\")": {
        try done($0.storage.download("http://127.0.0.1:17009/x", "dl"))
    },
    "WiFiStorage.download(String(\"http://127.0.0.1:17009/x\"), String(\"dl2\"))": {
        try done($0.storage.download("http://127.0.0.1:17009/x", "dl2"))
    },
    "WiFiStorage.downloadOTA(\"http://127.0.0.1:17009/ota\", &ota)": {
        try done($0.storage.downloadOTA("http://127.0.0.1:17009/ota")) + " 0"
    },
]

func done(_ nothing: Void) -> String { "true" }
