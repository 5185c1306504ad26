-- For wrk: announcements of listeners of one file, by turns of `ports` of them, each of which holds
-- some of it and wants more. Arguments: the file's name, its chunks, how many listeners.
local turn, names, bodies = 0, 0, {}

function init(args)
  local urn, chunks, ports = args[1], tonumber(args[2]), tonumber(args[3])
  math.randomseed(7)
  for i = 1, ports do
    local held = math.random(1, chunks - 40)
    local wanted = held + math.random(1, 30)
    bodies[i] = string.format(
      '{"port":%d,"up_bps":8000000,"holdings":[{"urn":"%s","available":"bytes 0-%d"}],' ..
      '"want":[{"urn":"%s","bytes":"%d-%d","by_ms":2000}],"failed":[]}',
      20000 + i, urn, held * 16384 - 1, urn, wanted * 16384, wanted * 16384 + 65535)
  end
  names = ports
end

function request()
  turn = turn % names + 1
  return wrk.format('POST', '/gateway/announce', {['Content-Type'] = 'application/json'},
                    bodies[turn])
end
