/// Reads what Saleae's Logic exports of its SPI analyzer: the table of Logic 2, or the older export with packet numbers.
struct SaleaeReader {
    /// The positions of the columns; nil where there is none.
    private struct Columns {
        var time: Int
        var type: Int?
        var packet: Int?
        var mosi: Int?
        var miso: Int?

        init(_ line: ArraySlice<UInt8>, _ number: Int) throws(TraceError) {
            let names = CSVRow.cells(line).map { $0.lowercased() }
            func place(_ name: String) -> Int? { names.firstIndex(of: name) }
            guard let time = place("start_time") ?? place("time [s]") else {
                throw TraceError(.line(number), "start_time", "the first line has no column 'start_time' or 'Time [s]'")
            }
            self.time = time
            type = place("type")
            packet = place("packet id")
            mosi = place("mosi")
            miso = place("miso")
            guard type != nil || packet != nil else {
                throw TraceError(.line(number), "type", "the first line has no column 'type' or 'Packet ID'")
            }
            guard mosi != nil || miso != nil else {
                throw TraceError(.line(number), "mosi", "the first line has no column 'mosi' or 'miso'")
            }
        }
    }

    private var window: CapturedWindow?
    private var packet: String?
    private var origin: Int64?
    private var time: UInt64 = 0
    private var order = TimeOrder()

    static func read(_ bytes: [UInt8], _ body: (TraceRecord) -> Void) throws(TraceError) {
        var reader = SaleaeReader()
        var lines = Lines(bytes)
        guard let (number, head) = lines.next() else { throw TraceError(.line(1), "header", "the file is empty") }
        let columns = try Columns(head, number)
        while let (number, line) = lines.next() {
            if line.isEmpty { continue }
            try reader.row(CSVRow.cells(line), columns, number, body)
        }
        reader.end(body)
    }

    private init() {}

    private mutating func row(
        _ cells: [String], _ columns: Columns, _ line: Int, _ body: (TraceRecord) -> Void
    ) throws(TraceError) {
        func cell(_ index: Int?, _ name: String) throws(TraceError) -> String {
            guard let index else { return "" }
            guard index < cells.count else { throw TraceError(.line(line), name, "the row ends before this column") }
            return cells[index]
        }
        let type = try cell(columns.type, "type").lowercased()
        let timeText = try cell(columns.time, "start_time")
        guard let nanoseconds = CSVRow.nanoseconds(timeText) else {
            throw TraceError(.line(line), "start_time", "expected seconds, got \(TraceError.quote(timeText))")
        }
        let first = origin ?? nanoseconds
        origin = first
        guard nanoseconds >= first else {
            throw TraceError(.line(line), "start_time", "\(timeText) is before the first row")
        }
        if columns.type == nil {
            let packet = try cell(columns.packet, "Packet ID")
            guard !packet.isEmpty else {
                throw TraceError(.line(line), "Packet ID", "it is empty: the analyzer needs the channel Enable")
            }
            if packet != self.packet {
                end(body)
                self.packet = packet
                window = CapturedWindow()
            }
        } else if type == "enable" || type == "disable" {
            time = UInt64(nanoseconds - first)
            try order.check(time, at: .line(line))
            end(body)
            if type == "enable" { window = CapturedWindow() }
            return
        } else if type != "result" {
            // Errors of the analyzer, such as a clock that has the wrong level at the start of a window.
            return
        }
        time = UInt64(nanoseconds - first)
        try order.check(time, at: .line(line))
        guard var window else {
            throw TraceError(
                .line(line), "type", "a byte outside of a window: the analyzer needs the channel Enable")
        }
        guard !window.isFull else { throw CapturedWindow.error(.line(line)) }
        self.window = nil
        for (index, name, isMOSI) in [(columns.mosi, "mosi", true), (columns.miso, "miso", false)] {
            let text = try cell(index, name)
            guard !text.isEmpty else { continue }
            guard let byte = CSVRow.byte(text) else {
                throw TraceError(.line(line), name, "expected a byte such as 0xE0, got \(TraceError.quote(text))")
            }
            if isMOSI { window.mosi.append(byte) } else { window.miso.append(byte) }
        }
        self.window = window
    }

    private mutating func end(_ body: (TraceRecord) -> Void) {
        if let event = window?.event { body(TraceRecord(time: time, coprocessor: 1, event)) }
        window = nil
    }
}
