import NINALink

extension TraceRecord.Event {
    /// What a link's ``Tracer`` reports. It sees the reply as the host has read it.
    public init(_ event: TraceEvent) {
        switch event {
        case .command(let bytes): self = .windowOut(bytes[...])
        case .reply(let bytes): self = .windowIn(bytes[...], .clocked)
        case .reset: self = .reset(boots: 0, bluetooth: false)
        case .failure(let error): self = .failure("\(error)")
        case .closed: self = .coprocessor(.off)
        }
    }
}
