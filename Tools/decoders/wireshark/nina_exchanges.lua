-- The first pass over a recording, which has the packets in order: which command a reply belongs to, and what its connection has sent.

local exchanges = {}

local OUT, IN, RESET, COPROCESSOR, GAP = 1, 2, 4, 6, 7

-- What is known between packets: by coprocessor the command that waits for its reply, and whether it is on.
function exchanges.new(frames, tables, streams)
    return { frames = frames, tables = tables, streams = streams, pending = {}, is_on = {}, connections = streams.new() }
end

-- A coprocessor is on or off. Each file of a trace says who is on, whatever runs there: that is no start.
local function switch(state, coprocessor, bytes)
    local is_on = bytes:byte(1) == 1
    if is_on and state.is_on[coprocessor] then return end
    state.is_on[coprocessor], state.pending[coprocessor] = is_on, nil
    state.streams.reset(state.connections, coprocessor)
    local length = bytes:byte(3)
    if length then state.streams.set_address(state.connections, coprocessor, bytes:sub(length + 5)) end
end

-- Takes a packet; returns what is to be known of it.
function exchanges.note(state, number, event, bytes)
    local frames, coprocessor = state.frames, event.coprocessor
    local own, waiting = { seconds = event.seconds, is_reply = false, packets = {} }, state.pending[coprocessor]
    -- An empty window is no command.
    if event.kind == OUT and bytes ~= "" and not event.flags.reads_reply then
        own.frame, own.number = frames.command(state.tables[event.family], bytes), number
        if event.flags.lost then return own end
        if waiting then
            own.frame.warn((waiting.frame.name ~= "" and waiting.frame.name or "the window before") .. " had no reply")
        end
        state.pending[coprocessor] = own
    elseif event.kind == IN then
        own.is_reply = true
        own.frame = frames.reply(state.tables[event.family], bytes, waiting and waiting.frame.opcode)
        if waiting then
            own.request = waiting
            waiting.reply = number
            if own.frame.kind == "reply" then
                own.packets = state.streams.exchange(state.connections, coprocessor, waiting.frame, own.frame)
            end
            state.pending[coprocessor] = nil
        else
            own.frame.warn("no command before this reply")
        end
    elseif event.kind == GAP then
        state.pending = {}
    elseif event.kind == RESET then
        state.pending[coprocessor] = nil
        state.streams.reset(state.connections, coprocessor)
    elseif event.kind == COPROCESSOR then
        switch(state, coprocessor, bytes)
    end
    return own
end

return exchanges
