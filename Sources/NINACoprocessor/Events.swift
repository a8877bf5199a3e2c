import NINALink
import NINAWire

// External events: each goes to the part that it concerns, which completes the command that waits for it.

extension Device {
    mutating func networkEvent(_ event: NetworkEvent) {
        tickEvent()
        guard let event = context.streams.filter(event) else { return }
        if bsd.networkEvent(event, &context) || downloads.networkEvent(event, &context) { return }
        switch event {
        case .pending(let socket): sockets.connectionPending(socket, &context)
        case .readable(let socket): sockets.bytesArrived(socket, &context)
        case .writable(let socket): sockets.becameWritable(socket, &context)
        // Only TLS holds bytes.
        case .batchDue: break
        case .connected(let socket, let failure): sockets.connectEnded(socket, failure, &context)
        case .resolved(let token, let address): lookupEnded(token, address)
        case .echoed(let token, let milliseconds): station.echoed(token, milliseconds, &context)
        }
    }

    private mutating func lookupEnded(_ token: UInt32, _ address: IPv4Address?) {
        switch context.pending?.wait {
        case .hostByName(token): names.lookupEnded(address, &context)
        case .clientLookup(token, let slot, let port): sockets.lookupEnded(slot: slot, port: port, address, &context)
        default: break
        }
    }

    mutating func storageEvent(token: UInt32, _ result: StorageResult) {
        tickEvent()
        if downloads.storageEvent(token: token, result, &context) { return }
        switch context.pending?.wait {
        case .file(let wait, token): files.finish(wait, result, &context)
        case .preferences(let wait, token): preferences.finish(wait, result, &context)
        // The completion of an operation that was started before a reset.
        default: break
        }
    }

    mutating func bluetoothEvent(_ event: BluetoothEvent) {
        tickEvent()
        bluetooth.controllerEvent(event, &context)
    }

    /// Answers the pending command after its time-out.
    mutating func timeOut(_ wait: PendingCommand.Wait) {
        switch wait {
        case .reset: break
        case .scan: endScan()
        case .hostByName: names.lookupEnded(nil, isLate: true, &context)
        case .ping(let token): station.echoed(token, nil, &context)
        case .clientLookup(_, let slot, _), .connect(let slot): sockets.connectTimedOut(slot, &context)
        case .send(let slot): sockets.sendTimedOut(slot, &context)
        case .bsd(let wait, let index): bsd.resume(wait, of: index, isOver: true, &context)
        case .download: downloads.timedOut(&context)
        case .discard(let result, let isUpdate, _): downloads.answer(result, isUpdate: isUpdate, &context)
        case .bluetoothStart: bluetooth.startTimedOut(&context)
        case .bluetoothSend: bluetooth.sendTimedOut(&context)
        case .file(let wait, _): files.finish(wait, .failure(.timedOut), &context)
        case .preferences(let wait, _): preferences.finish(wait, .failure(.timedOut), &context)
        }
    }
}
