import NINACoprocessor

/// Metrics in the text format of Prometheus, version 0.0.4. Numbers only: no names of networks, no addresses of peers.
package enum MetricsText {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package static func text(_ modules: [ModuleSnapshot]) -> String {
        var text = Writer(modules)
        text.family("nina_modules", "gauge", "Coprocessors that are on.")
        text.line("nina_modules", "", "\(modules.count)")
        text.gauge("nina_joined", "Whether the station is connected to a network.") { $0.station.isJoined ? 1 : 0 }
        text.gauge("nina_signal_dbm", "Signal of the network that is joined.") { $0.station.rssi.map(Int.init) }
        text.gauge("nina_slots", "Slots.") { $0.slotCount }
        text.gauge("nina_slots_used", "Slots in use.") { $0.slotsInUse }
        text.gauge("nina_clients", "Clients of servers, with a slot or without.") { $0.clientCount }
        text.counter("nina_starts_total", "Starts of the firmware.") { UInt64($0.boots) }
        text.counter("nina_refused_total", "Windows that were no command of the firmware.") { $0.counters.refused }
        text.counter("nina_received_bytes_total", "Bytes of command windows.") { $0.counters.bytesIn }
        text.counter("nina_sent_bytes_total", "Bytes of replies.") { $0.counters.bytesOut }
        text.counter("nina_faults_total", "Faults that have gone off.") { $0.counters.faults }
        text.family("nina_commands_total", "counter", "Commands by name.")
        for module in modules {
            for (opcode, count) in module.report.counters.commands {
                text.line("nina_commands_total", "module=\"\(module.number)\",command=\"\(opcode.name)\"", "\(count)")
            }
        }
        text.latencies()
        return text.result
    }

    private struct Writer {
        let modules: [ModuleSnapshot]
        var result = ""

        init(_ modules: [ModuleSnapshot]) {
            self.modules = modules
            result.reserveCapacity(4096 + 1024 * modules.count)
        }

        mutating func family(_ name: String, _ type: String, _ help: String) {
            result += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        }

        mutating func line(_ name: String, _ labels: String, _ value: String) {
            result += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
        }

        mutating func gauge(_ name: String, _ help: String, _ value: (ModuleReport) -> Int?) {
            family(name, "gauge", help)
            for module in modules {
                if let value = value(module.report) { line(name, "module=\"\(module.number)\"", "\(value)") }
            }
        }

        mutating func counter(_ name: String, _ help: String, _ value: (ModuleReport) -> UInt64) {
            family(name, "counter", help)
            for module in modules { line(name, "module=\"\(module.number)\"", "\(value(module.report))") }
        }

        mutating func latencies() {
            let name = "nina_waiting_seconds"
            family(name, "histogram", "Time of the commands that waited for something, from window to reply.")
            for module in modules {
                let counters = module.report.counters
                var count: UInt64 = 0
                for (index, number) in counters.latencies.enumerated() {
                    count += number
                    let bound =
                        index < Counters.latencyBounds.count ? "\(Double(Counters.latencyBounds[index]) / 1e6)" : "+Inf"
                    line("\(name)_bucket", "module=\"\(module.number)\",le=\"\(bound)\"", "\(count)")
                }
                line("\(name)_sum", "module=\"\(module.number)\"", "\(Double(counters.latencySum) / 1e6)")
                line("\(name)_count", "module=\"\(module.number)\"", "\(count)")
            }
        }
    }
}
