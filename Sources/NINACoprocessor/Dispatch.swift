import NINALink
import NINAWire

// The one switch over the commands: each has a line here and a handler in Handlers/.

extension Coprocessor {
    /// Decodes a command, lets `handle` answer it and encodes the reply.
    /// - Returns: false when the answer comes later.
    private func answer<C: Command>(
        _ command: C.Type, _ header: CommandHeader, _ window: ArraySlice<UInt8>, _ writer: inout FrameWriter,
        _ handle: (C) -> Answer<C.Reply>
    ) -> Bool {
        let command: C
        do throws(FrameError) {
            command = try PositionalReader.command(
                C.self, header: header, in: window, missingBytes: dialect.missingBytes)
        } catch {
            say(.warning, "\(C.opcode.name) refused: \(error)")
            writer.writeErrorFrame(isPadded: dialect.padsReplies)
            return true
        }
        return encode(handle(command), to: C.self, &writer)
    }

    private func encode<C: Command>(
        _ answer: Answer<C.Reply>, to command: C.Type, _ writer: inout FrameWriter
    ) -> Bool {
        switch answer {
        case .reply(let reply):
            do throws(FrameError) {
                try writer.writeReply(reply, to: C.self, isPadded: dialect.padsReplies)
            } catch {
                say(.error, "\(C.opcode.name): its reply cannot be encoded: \(error)")
                writer.writeErrorFrame(isPadded: dialect.padsReplies)
            }
        case .later: return false
        case .stalls:
            say(.warning, "\(C.opcode.name): the reply is too long, the firmware hangs until it is reset")
            pending = .stalled
            return false
        case .refused(let why):
            say(.warning, "\(C.opcode.name) refused: \(why)")
            writer.writeErrorFrame(isPadded: dialect.padsReplies)
        case .errorFrame(let why):
            say(.info, "\(C.opcode.name): \(why)")
            writer.writeErrorFrame(isPadded: dialect.padsReplies)
        case .noFrame(let bytes): writer.writeNoFrame(bytes)
        }
        return true
    }

    /// Encodes what is said of a command that has waited.
    /// - Returns: false when it waits on.
    func complete<C: Command>(_ command: C.Type, _ answer: Answer<C.Reply>) -> Bool {
        if case .later = answer { return false }
        pending = .none
        return encode(answer, to: C.self, &writer)
    }

    /// Encodes the reply of a command that has waited.
    func complete<C: Command>(_ command: C.Type, with reply: C.Reply) { _ = complete(C.self, .reply(reply)) }

    func dispatch(
        _ header: CommandHeader, _ window: ArraySlice<UInt8>, _ writer: inout FrameWriter
    ) -> Bool {
        func refuse() -> Bool {
            say(.warning, "\(header.opcode.name) refused: this firmware does not serve it")
            writer.writeErrorFrame(isPadded: dialect.padsReplies)
            return true
        }
        return switch header.opcode {
        case .setNet: answer(SetNet.self, header, window, &writer) { setNet($0) }
        case .setPassphrase: answer(SetPassphrase.self, header, window, &writer) { setPassphrase($0) }
        case .setKey: answer(SetKey.self, header, window, &writer) { setKey($0) }
        case .getConnStatus: answer(GetConnStatus.self, header, window, &writer) { _ in getConnStatus() }
        case .getIPAddr: answer(GetIPAddr.self, header, window, &writer) { _ in getIPAddr() }
        case .getMACAddr: answer(GetMACAddr.self, header, window, &writer) { _ in getMACAddr() }
        case .getCurrSSID: answer(GetCurrSSID.self, header, window, &writer) { _ in getCurrSSID() }
        case .getCurrBSSID: answer(GetCurrBSSID.self, header, window, &writer) { _ in getCurrBSSID() }
        case .getCurrRSSI: answer(GetCurrRSSI.self, header, window, &writer) { _ in getCurrRSSI() }
        case .getCurrEnct:
            answer(GetCurrEnct.self, header, window, &writer) { _ in getCurrEnct() }
        case .scanNetworks: answer(ScanNetworks.self, header, window, &writer) { _ in scanNetworks() }
        case .startServer: answer(StartServer.self, header, window, &writer) { startServer($0) }
        case .getStateTCP: answer(GetStateTCP.self, header, window, &writer) { getStateTCP($0) }
        case .dataSent: answer(DataSent.self, header, window, &writer) { dataSent($0) }
        case .availData:
            answer(
                AvailData.self,
                dialect.acceptRule == .paddingByte ? CommandHeader(opcode: .availData, count: 2) : header,
                window, &writer
            ) { availData($0) }
        case .getData: answer(GetData.self, header, window, &writer) { getData($0) }
        case .startClient: answer(StartClient.self, header, window, &writer) { startClient($0) }
        case .stopClient: answer(StopClient.self, header, window, &writer) { stopClient($0) }
        case .getClientState: answer(GetClientState.self, header, window, &writer) { getClientState($0) }
        case .disconnect: answer(Disconnect.self, header, window, &writer) { _ in disconnect() }
        case .getIdxRSSI: answer(GetIdxRSSI.self, header, window, &writer) { getIdxRSSI($0) }
        case .getIdxEnct: answer(GetIdxEnct.self, header, window, &writer) { getIdxEnct($0) }
        case .reqHostByName: answer(ReqHostByName.self, header, window, &writer) { reqHostByName($0) }
        case .getHostByName: answer(GetHostByName.self, header, window, &writer) { _ in getHostByName() }
        case .startScanNetworks:
            answer(StartScanNetworks.self, header, window, &writer) { _ in .reply(Acknowledgement(true)) }
        case .getFwVersion: answer(GetFwVersion.self, header, window, &writer) { _ in getFwVersion() }
        case .stopServer: answer(StopServer.self, header, window, &writer) { stopServer($0) }
        case .getRemoteData: answer(GetRemoteData.self, header, window, &writer) { getRemoteData($0) }
        case .getIdxBSSID: answer(GetIdxBSSID.self, header, window, &writer) { getIdxBSSID($0) }
        case .getIdxChannel: answer(GetIdxChannel.self, header, window, &writer) { getIdxChannel($0) }
        case .getSocket: answer(GetSocket.self, header, window, &writer) { _ in getSocket() }
        case .sendData: answer(SendData.self, header, window, &writer) { sendData($0) }
        case .getDatabuf: answer(GetDatabuf.self, header, window, &writer) { getDatabuf($0) }

        case .setIpConfig: answer(SetIpConfig.self, header, window, &writer) { setIpConfig($0) }
        case .setDnsConfig: answer(SetDnsConfig.self, header, window, &writer) { setDnsConfig($0) }
        case .setHostname: answer(SetHostname.self, header, window, &writer) { setHostname($0) }
        case .setPowerMode: answer(SetPowerMode.self, header, window, &writer) { _ in .reply(Acknowledgement(true)) }
        case .getDnsConfig: answer(GetDnsConfig.self, header, window, &writer) { _ in getDnsConfig() }
        case .getReasonCode: answer(GetReasonCode.self, header, window, &writer) { _ in getReasonCode() }
        case .setApNet: answer(SetApNet.self, header, window, &writer) { setApNet($0) }
        case .setApPassphrase: answer(SetApPassphrase.self, header, window, &writer) { setApPassphrase($0) }
        case .setDebug: answer(SetDebug.self, header, window, &writer) { _ in .reply(Acknowledgement(true)) }
        case .getTemperature: answer(GetTemperature.self, header, window, &writer) { _ in getTemperature() }
        case .getTime: answer(GetTime.self, header, window, &writer) { _ in getTime() }
        case .setTime: answer(SetTime.self, header, window, &writer) { setTime($0) }
        case .getFwVersionU32: answer(GetFwVersionU32.self, header, window, &writer) { _ in getFwVersionU32() }
        case .ping: answer(Ping.self, header, window, &writer) { ping($0) }
        case .setEnt: answer(SetEnt.self, header, window, &writer) { setEnt($0) }
        case .setEntIdent: answer(SetEntIdent.self, header, window, &writer) { setEntIdent($0) }
        case .setEntUname: answer(SetEntUname.self, header, window, &writer) { setEntUname($0) }
        case .setEntPasswd: answer(SetEntPasswd.self, header, window, &writer) { setEntPasswd($0) }
        case .setEntEnable: answer(SetEntEnable.self, header, window, &writer) { _ in setEntEnable() }
        case .insertDatabuf: answer(InsertDatabuf.self, header, window, &writer) { insertDatabuf($0) }
        case .sendUDP: answer(SendUDP.self, header, window, &writer) { sendUDP($0) }
        case .setPinMode: answer(SetPinMode.self, header, window, &writer) { setPinMode($0) }
        case .setDigitalWrite: answer(SetDigitalWrite.self, header, window, &writer) { setDigitalWrite($0) }
        case .setAnalogWrite: answer(SetAnalogWrite.self, header, window, &writer) { setAnalogWrite($0) }
        case .getDigitalRead: answer(GetDigitalRead.self, header, window, &writer) { getDigitalRead($0) }
        case .getAnalogRead: answer(GetAnalogRead.self, header, window, &writer) { getAnalogRead($0) }

        case .writeFile: answer(WriteFile.self, header, window, &writer) { writeFile($0) }
        case .readFile: answer(ReadFile.self, header, window, &writer) { readFile($0) }
        case .deleteFile: answer(DeleteFile.self, header, window, &writer) { deleteFile($0) }
        case .existsFile: answer(ExistsFile.self, header, window, &writer) { existsFile($0) }
        case .downloadFile: answer(DownloadFile.self, header, window, &writer) { downloadFile($0) }
        case .renameFile: answer(RenameFile.self, header, window, &writer) { renameFile($0) }
        case .downloadOTA: answer(DownloadOTA.self, header, window, &writer) { downloadOTA($0) }
        case .prefBegin: answer(PrefBegin.self, header, window, &writer) { prefBegin($0) }
        case .prefEnd: answer(PrefEnd.self, header, window, &writer) { _ in prefEnd() }
        case .prefClear: answer(PrefClear.self, header, window, &writer) { _ in prefClear() }
        case .prefRemove: answer(PrefRemove.self, header, window, &writer) { prefRemove($0) }
        case .prefLen: answer(PrefLen.self, header, window, &writer) { prefLen($0) }
        case .prefStat: answer(PrefStat.self, header, window, &writer) { _ in prefStat() }
        case .prefPut: answer(PrefPut.self, header, window, &writer) { prefPut($0) }
        case .prefGet: answer(PrefGet.self, header, window, &writer) { prefGet($0) }
        case .prefGettype: answer(PrefGettype.self, header, window, &writer) { prefGettype($0) }
        case .bleBegin: answer(BLEBegin.self, header, window, &writer) { _ in bleBegin() }
        case .bleEnd: answer(BLEEnd.self, header, window, &writer) { _ in bleEnd() }
        case .bleAvailable: answer(BLEAvailable.self, header, window, &writer) { _ in bleAvailable() }
        case .blePeek: answer(BLEPeek.self, header, window, &writer) { blePeek($0) }
        case .bleRead: answer(BLERead.self, header, window, &writer) { bleRead($0) }
        case .bleWrite: answer(BLEWrite.self, header, window, &writer) { bleWrite($0) }
        case .setCliCert: answer(SetCliCert.self, header, window, &writer) { setCliCert($0) }
        case .setPK: answer(SetPK.self, header, window, &writer) { setPK($0) }
        case .brSetEcTa: answer(BrSetEcTa.self, header, window, &writer) { brSetEcTa($0) }
        case .brErrorCode: answer(BrErrorCode.self, header, window, &writer) { _ in brErrorCode() }

        case .bsdSocket: answer(BSDSocket.self, header, window, &writer) { bsdSocket($0) }
        case .bsdClose: answer(BSDClose.self, header, window, &writer) { bsdClose($0) }
        case .bsdErrno: answer(BSDErrno.self, header, window, &writer) { _ in bsdErrno() }
        case .bsdBind: answer(BSDBind.self, header, window, &writer) { bsdBind($0) }
        case .bsdListen: answer(BSDListen.self, header, window, &writer) { bsdListen($0) }
        case .bsdAccept: answer(BSDAccept.self, header, window, &writer) { bsdAccept($0) }
        case .bsdConnect: answer(BSDConnect.self, header, window, &writer) { bsdConnect($0) }
        case .bsdSend: answer(BSDSend.self, header, window, &writer) { bsdSend($0) }
        case .bsdRecv: answer(BSDRecv.self, header, window, &writer) { bsdRecv($0) }
        case .bsdSendto: answer(BSDSendto.self, header, window, &writer) { bsdSendto($0) }
        case .bsdRecvfrom: answer(BSDRecvfrom.self, header, window, &writer) { bsdRecvfrom($0) }
        case .bsdIoctl: answer(BSDIoctl.self, header, window, &writer) { bsdIoctl($0) }
        case .bsdPoll: answer(BSDPoll.self, header, window, &writer) { bsdPoll($0) }
        case .bsdSetsockopt: answer(BSDSetsockopt.self, header, window, &writer) { bsdSetsockopt($0) }
        case .bsdGetsockopt: answer(BSDGetsockopt.self, header, window, &writer) { bsdGetsockopt($0) }
        case .bsdGetpeername: answer(BSDGetpeername.self, header, window, &writer) { bsdGetpeername($0) }

        // An update that only one board can apply.
        case .applyOTA: refuse()
        }
    }
}
