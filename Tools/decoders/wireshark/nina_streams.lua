-- The connections behind a coprocessor's sockets: what each sent and received, as TCP segments and datagrams. Wireshark's API lets no
-- script feed its stream view: the payload is put behind IPv4 and TCP headers made here, and Wireshark's own dissectors take them.

local streams = {}

local NONE = "\0\0\0\0"
local UDP_TYPES = { [1] = true, [3] = true }
local SENDS = { SEND_DATA = true, BSD_SEND = true }
local RECEIVES = { GET_DATABUF = true, BSD_RECV = true, GET_DATA = true }
local FIRST_PORT = 49152 -- of the dynamic ports, for those that the recording does not tell

-- The state of all connections of a recording.
function streams.new() return { count = 0, modules = {} } end

local function module(state, coprocessor)
    local known = state.modules[coprocessor]
    if not known then
        known = { address = NONE, names = {}, sockets = {}, servers = {}, kinds = {}, unsent = {}, unread = {} }
        state.modules[coprocessor] = known
    end
    return known
end

-- The coprocessor has started: every socket is closed. Its address is the same as before, until the recording tells another.
function streams.reset(state, coprocessor)
    local address = module(state, coprocessor).address
    state.modules[coprocessor] = nil
    module(state, coprocessor).address = address
end

-- The bytes of an address such as "127.1.0.1", nil for another text.
local function parse_address(text)
    local octets = { text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
    for index, octet in ipairs(octets) do octets[index] = math.min(255, tonumber(octet)) end
    return #octets == 4 and string.char(octets[1], octets[2], octets[3], octets[4]) or nil
end

-- The coprocessor was switched on with this address.
function streams.set_address(state, coprocessor, text)
    module(state, coprocessor).address = parse_address(text) or NONE
end

-- Where a START_CLIENT goes: to its host if it has one, as far as the recording tells its address.
local function peer(known, asked)
    local host = asked.host_raw or ""
    return host == "" and asked.address_raw or parse_address(host) or known.names[host] or NONE
end

local function open(state, known, socket, peer, port, is_udp, local_port)
    local ports = 65536 - FIRST_PORT
    local own = FIRST_PORT + state.count % ports
    -- When the ports begin again, so that Wireshark can tell a new connection from the old one.
    local first = math.floor(state.count / ports) * 65536
    local stream = {
        number = state.count, is_udp = is_udp, own = known.address, peer = peer,
        own_port = local_port or own, peer_port = port or own, sent = first, received = first,
    }
    state.count = state.count + 1
    known.sockets[socket] = stream
    return stream
end

local function find(state, known, socket)
    -- A recording may begin in the middle of a connection.
    local server = known.servers[socket]
    return known.sockets[socket] or open(state, known, socket, NONE, nil, server and server.is_udp, server and server.port)
end

local function values(frame)
    local result = {}
    for _, field in ipairs(frame.fields) do
        if type(field.value) == "number" then result[field.name] = field.value end
        result[field.name .. "_raw"] = field.raw
    end
    return result
end

local function big(value, size)
    local bytes = ""
    for _ = 1, size do
        bytes = string.char(value % 256) .. bytes
        value = math.floor(value / 256)
    end
    return bytes
end

local DATA, SYN, FIN = 24, 2, 17 -- flags: PSH and ACK, SYN, FIN and ACK

-- The IPv4 packet of one piece of payload, or of what opens and closes a connection.
local function packet(stream, payload, is_out, flags)
    local from, to = { stream.own, stream.own_port }, { stream.peer, stream.peer_port }
    local sequence, acknowledged = stream.sent, stream.received
    if not is_out then
        from, to = to, from
        sequence, acknowledged = acknowledged, sequence
    end
    local ports = big(from[2], 2) .. big(to[2], 2)
    local header
    if stream.is_udp then
        header = ports .. big(8 + #payload, 2) .. "\0\0"
    else
        -- A header of 20 bytes, the flags, a full window, no checksum.
        header = ports .. big(sequence, 4) .. big(flags == SYN and 0 or acknowledged, 4)
            .. string.char(80, flags or DATA) .. "\255\255\0\0\0\0"
        local counter = is_out and "sent" or "received"
        stream[counter] = stream[counter] + #payload + (flags and 1 or 0)
    end
    local length = 20 + #header + #payload
    local ip = "\69\0" .. big(length, 2) .. "\0\0\64\0\64" .. (stream.is_udp and "\17" or "\6") .. "\0\0" .. from[1] .. to[1]
    return { stream = stream.number, bytes = ip .. header .. payload, is_out = is_out }
end

-- The packet that opens a connection.
local function opening(stream, is_out)
    if stream.is_udp then return nil end
    local syn = packet(stream, "", is_out, SYN)
    -- The other end's SYN is not shown, but counts.
    local other = is_out and "received" or "sent"
    stream[other] = stream[other] + 1
    return syn
end

-- What opens and closes sockets; returns the packet of that.
local function follow(state, known, name, asked, answered)
    local socket, done = asked.socket, answered.result == 1
    if name == "GET_IPADDR" and answered.address_raw then
        known.address = answered.address_raw
    elseif name == "REQ_HOST_BY_NAME" then
        known.asked = asked.name_raw
    elseif name == "GET_HOST_BY_NAME" and known.asked then
        known.names[known.asked] = answered.address_raw
    elseif name == "START_CLIENT" and socket and done then
        return opening(open(state, known, socket, peer(known, asked), asked.port, UDP_TYPES[asked.type]), true)
    elseif name == "START_SERVER" and socket and done then
        known.servers[socket] = { port = asked.port, is_udp = UDP_TYPES[asked.type] }
        known.sockets[socket] = nil
    elseif name == "AVAIL_DATA" and socket and not known.servers[socket] then
        known.unread[socket] = answered.value
    elseif name == "AVAIL_DATA" and known.servers[socket] and not known.servers[socket].is_udp then
        -- On a server the value is the socket of a client; the same one comes until it is drained.
        if answered.value and answered.value < 255 and not known.sockets[answered.value] then
            local client = open(state, known, answered.value, NONE, nil, false, known.servers[socket].port)
            client.server = socket
            return opening(client, false)
        end
    elseif socket and (name == "STOP_CLIENT" or name == "STOP_SERVER" or name == "BSD_CLOSE"
            or name == "GET_CLIENT_STATE" and answered.state == 0) then
        local closed = known.sockets[socket]
        known.sockets[socket], known.servers[socket] = nil, nil
        -- A state of 0 is the end of a connection that the peer has closed.
        if closed and not closed.is_udp then return packet(closed, "", name ~= "GET_CLIENT_STATE", FIN) end
    elseif name == "BSD_SOCKET" and answered.socket then
        known.kinds[answered.socket] = asked.type
    elseif name == "BSD_CONNECT" and socket and done then
        return opening(open(state, known, socket, asked.address_raw, asked.port, known.kinds[socket] == 2), true)
    elseif name == "BSD_BIND" and socket and done then
        known.servers[socket] = { port = asked.port, is_udp = known.kinds[socket] == 2 }
    elseif name == "BSD_ACCEPT" and answered.socket and answered.socket < 255 then
        local server = known.servers[socket]
        return opening(open(state, known, answered.socket, answered.address_raw, answered.port, false, server and server.port), false)
    end
    return nil
end

-- What a write to a server's socket goes through: its clients, if the count says that all of them took it.
local function receivers(state, known, socket, size, count)
    local server, clients = known.servers[socket], {}
    for number = 0, 255 do
        local client = known.sockets[number]
        if server and client and client.server == socket and number ~= socket then clients[#clients + 1] = client end
    end
    if #clients > 0 and count == size * #clients then return clients end
    return { find(state, known, socket) }
end

-- Takes a reply and its command; returns the packets that went through the network then.
function streams.exchange(state, coprocessor, command, reply)
    local known = module(state, coprocessor)
    local name, asked, answered = command.name, values(command), values(reply)
    local socket = asked.socket
    local change = follow(state, known, name, asked, answered)
    if change or not socket then return { change } end
    if SENDS[name] and asked.data_raw and (answered.count or 0) > 0 then
        local packets = {}
        for index, stream in ipairs(receivers(state, known, socket, #asked.data_raw, answered.count)) do
            packets[index] = packet(stream, asked.data_raw:sub(1, answered.count), true)
        end
        return packets
    elseif name == "INSERT_DATABUF" and asked.data_raw then
        known.unsent[socket] = (known.unsent[socket] or "") .. asked.data_raw
    elseif name == "SEND_UDP" and known.unsent[socket] and answered.result == 1 then
        local datagram = known.unsent[socket]
        known.unsent[socket] = nil
        local stream = find(state, known, socket)
        stream.is_udp = true
        return { packet(stream, datagram, true) }
    elseif RECEIVES[name] and asked.peek ~= 1 then
        local bytes = answered.data_raw or answered.byte_raw
        if name == "GET_DATA" then
            -- Its byte is FF or 00 when there is none: only AVAIL_DATA tells.
            local unread = known.unread[socket] or 0
            if unread == 0 then return {} end
            known.unread[socket] = unread - 1
        end
        if bytes and bytes ~= "" then return { packet(find(state, known, socket), bytes, false) } end
    end
    return {}
end

return streams
