import LinuxIO
import ToolSupport

/// `nina bench`: what library, link and emulator cost, as ratios to floors of the same run.
struct BenchCommand {
    private let options: BenchOptions

    init(_ arguments: inout Arguments) throws { options = try BenchOptions(&arguments) }

    func run() throws {
        if options.isPinned { try CPUAffinity.pin(to: try CPUAffinity.current()) }
        if !options.isJSON { StandardOutput.write(heading) }
        var reports: [BenchReport] = []
        var failures: [any Error] = []
        for subject in options.subjects {
            do {
                let report = try Self.report(subject, options)
                reports.append(report)
                if !options.isJSON { StandardOutput.write("\n" + report.text) }
            } catch {
                // The others are measured all the same.
                failures.append(error)
            }
        }
        if options.isJSON, !reports.isEmpty { StandardOutput.write(json(reports)) }
        if let failure = failures.first { throw failure }
    }

    private static func report(_ subject: BenchOptions.Subject, _ options: BenchOptions) throws -> BenchReport {
        switch subject {
        case .commands: try CommandsBench(options: options).run()
        case .slots(let counts): try run(SlotsBench(options: options, counts: counts))
        case .echo: try run(EchoBench(options: options))
        case .http: try run(HTTPBench(options: options))
        case .tls: try run(TLSBench(options: options))
        case .storage: try run(StorageBench(options: options))
        case .fleet(let counts): try run(FleetBench(options: options, counts: counts))
        }
    }

    private static func run<B: Bench>(_ bench: B) throws -> BenchReport {
        do {
            return try bench.run()
        } catch let error as LeftOut {
            var report = bench.emptyReport
            report.leftOut = [error.reason]
            return report
        }
    }

    private var heading: String {
        var lines = Paragraph.lines("nina bench \(toolVersion) on \(Machine.summary)")
        lines.append(
            options.isPinned
                ? "All threads and processes on one processor."
                : "Threads and processes on any processor; --pin is steadier.")
        if let transport = options.transport {
            lines += Paragraph.lines("The coprocessor is that of \(transport), which runs where it runs.")
        }
        lines.append("Medians of rounds, then the lowest to the highest round; us: microseconds.")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The figures of a single bench, or an object of each bench by its name.
    private func json(_ reports: [BenchReport]) -> String {
        var members: [JSONMember] = []
        if reports.count == 1 {
            members = reports[0].members
        } else {
            members = reports.map { JSONMember($0.name, .object($0.members)) }
        }
        members += [
            JSONMember("version", .string(toolVersion)), JSONMember("machine", .string(Machine.summary)),
            JSONMember("pinned", .bool(options.isPinned)),
        ]
        return JSONText.object(members).text + "\n"
    }
}

/// A bench of one subject.
protocol Bench {
    /// The report without figures.
    var emptyReport: BenchReport { get }
    /// - Throws: `LeftOut` when the subject cannot be measured here.
    func run() throws -> BenchReport
}
