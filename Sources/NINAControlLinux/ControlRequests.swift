import NINAControl
import NINACoprocessor
import NINACoprocessorLinux

// What each request does.

extension ControlClient {
    func perform(_ request: ControlRequest) {
        switch request.action {
        case .hello: send(request.id, .success(ReplyContent.Hello(program: desk.program)))
        case .list: report(request, .summary)
        case .sockets: report(request, .sockets)
        case .report: report(request, .everything)
        case .metrics:
            ask({ $0.modules.map(\.snapshot) }) { [self] modules in
                send(request.id, .success(ReplyContent.Text(MetricsText.text(modules))))
            }
        case .watch(let options): watch(request, options)
        case .unwatch:
            desk.watchers.remove(self)
            send(request.id, .success(ReplyContent.Nothing()))
        case .wait(let condition, let timeout):
            guard desk.waits.add(request, condition, timeout, for: self) else {
                let error = FieldError("do", "there are \(ControlWaits.limit) waits already")
                return send(
                    request.id, .failure(failure(.busy, error)) as Result<ReplyContent.Nothing, ControlFailure>)
            }
        case .logLevel(let level):
            ask({ $0.setLogLevel(level) }) { [self] _ in
                send(request.id, .success(ReplyContent.Nothing()))
            }
        case .change(let change): apply(change, request)
        }
    }

    private func report(_ request: ControlRequest, _ part: ModuleState.Part) {
        let selector = request.module
        ask({ emulator in emulator.modules(selector, isPlural: true).map { $0.map(\.snapshot) } }) { [self] modules in
            send(
                request.id,
                modules.map { ReplyContent.Modules($0.map { ModuleState($0, part) }) }
                    .mapError { failure(.refused, $0) })
        }
    }

    private func watch(_ request: ControlRequest, _ options: WatchOptions) {
        let selector = request.module
        let mode = desk.watchers.mode(with: options, besides: self)
        ask({ emulator in
            emulator.modules(selector, isPlural: true).map { WatchTap.Start($0, mode, emulator) }
        }) { [self] start in
            send(request.id, start.map { _ in ReplyContent.Nothing() }.mapError { failure(.refused, $0) })
            guard case .success(let start) = start else { return }
            let isAll = selector == nil || selector == .all
            desk.watchers.add(self, options, modules: isAll ? nil : Set(start.modules.map(\.number)), start)
        }
    }

    private func apply(_ change: Change, _ request: ControlRequest) {
        let selector = request.module
        ask({ emulator in Self.apply(change, selector, emulator) }) { [self] error in
            if let error {
                send(
                    request.id,
                    .failure(failure(.refused, error)) as Result<ReplyContent.Nothing, ControlFailure>)
            } else if case .addFault(let fault) = change {
                send(request.id, .success(ReplyContent.FaultName(fault.id)))
            } else {
                send(request.id, .success(ReplyContent.Nothing()))
            }
        }
    }

    /// Makes a change on the emulator's thread.
    /// - Returns: why it cannot be.
    private static func apply(_ change: Change, _ selector: ModuleSelector?, _ emulator: Emulator) -> FieldError? {
        switch emulator.modules(selector, isPlural: false) {
        case .failure(let error): return error
        case .success(let modules):
            for module in modules {
                do throws(ChangeError) {
                    try module.apply(change)
                } catch {
                    let field = error.place.split(separator: ".").last.map(String.init) ?? error.place
                    let place = modules.count == 1 ? "" : " (module \(module.number))"
                    return FieldError(field, expected: error.expected, got: error.got + place)
                }
            }
            return nil
        }
    }
}
