import NINAWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct FieldListerTests {
    private func names(_ lister: FieldLister) -> [String] { lister.fields.map { $0.name.description } }

    @Test func listsInWireOrder() throws {
        let lister = FieldLister(StartClient(form: .hostAndTimeout))
        #expect(names(lister) == ["host", "address", "port", "socket", "type", "timeout_ms"])
        #expect(lister.consultsCount)
        #expect(lister.fields[0].bytes == .text)
        #expect(lister.fields[0].number == nil)
        #expect(lister.fields[1].number == NumberFormat(4, .big, .address))
        #expect(lister.fields[2].number == NumberFormat(2, .big))
        #expect(lister.fields.allSatisfy { $0.width == .byte && !$0.isOptional && !$0.isRepeated })
    }

    @Test func listsEachForm() {
        #expect(StartServer.forms.map { FieldLister($0).fields.count } == [3, 4])
        #expect(StartClient.forms.map { FieldLister($0).fields.count } == [4, 5, 6])
        #expect(AvailData.forms.map { FieldLister($0).fields.count } == [1, 2])
        #expect(StartClient.Reply.forms.map { FieldLister($0).fields.count } == [0, 1])
    }

    @Test func notesWidthsAndFormats() {
        let send = FieldLister(SendData())
        #expect(send.fields.map(\.width) == [.word, .word])
        #expect(send.fields[1].bytes == .dataAsPresent)
        #expect(!send.consultsCount)
        let rssi = FieldLister(GetCurrRSSI.Reply())
        #expect(rssi.fields[0].number == NumberFormat(4, .little, .signed))
        let mac = FieldLister(GetMACAddr.Reply())
        #expect(mac.fields[0].number == NumberFormat(6, .big, .hardwareAddress))
    }

    @Test func notesOptionalAndRepeatedFields() {
        #expect(GetFwVersion.forms.map { FieldLister($0).fields.count } == [0, 1])
        #expect(GetFwVersion.forms.flatMap { FieldLister($0).fields }.allSatisfy { $0.isOptional })
        #expect(ScanNetworks.Reply.forms.flatMap { FieldLister($0).fields }.map(\.isRepeated) == [true])
    }

    @Test func notesLengthsThatAreNoSizes() {
        #expect(FieldLister(WriteFile()).fields.map(\.lengthIsSize) == [true, true, true, false])
        #expect(FieldLister(SetCliCert()).fields.map(\.lengthIsSize) == [false])
        #expect(FieldLister(ExistsFile.Reply(size: 0)).fields.map(\.lengthIsSize) == [true])
        #expect(FieldLister(SendData()).fields.map(\.lengthIsSize) == [true, true])
    }

    @Test func listsMixedWidthsAndFormsOfReplies() {
        #expect(FieldLister(BrSetEcTa()).fields.map(\.width) == [.word, .byte, .byte, .word])
        #expect(FieldLister(PrefPut()).fields.map(\.width) == [.byte, .byte, .word])
        #expect(PrefGet.Reply.forms.flatMap { FieldLister($0).fields }.map(\.width) == [.word, .byte])
        #expect(GetTime.Reply.forms.flatMap { FieldLister($0).fields }.map { $0.number?.size } == [4, 8])
        #expect(SetEnt.forms.map { FieldLister($0).fields.count } == [6, 6])
    }

    @Test(arguments: Opcode.allCases) func everyFieldHasOneFormat(_ opcode: Opcode) {
        var visitor = AllFields()
        for field in opcode.accept(&visitor) {
            #expect((field.number == nil) != (field.bytes == nil), "\(field.name)")
            #expect(field.name.utf8CodeUnitCount > 0)
            if let number = field.number { #expect((1...8).contains(number.size)) }
        }
    }
}

private struct AllFields: CommandVisitor {
    mutating func visit<C: Command>(_ command: C.Type) -> [FieldDescription] {
        C.forms.flatMap { FieldLister($0).fields } + C.Reply.forms.flatMap { FieldLister($0).fields }
    }
}
