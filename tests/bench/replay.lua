-- For wrk: sends the requests of a file, which are apart by a zero byte, by turns.
local requests, turn = {}, 0

function init(args)
  local file = assert(io.open(args[1], 'rb'))
  for one in file:read('*a'):gmatch('[^%z]+') do requests[#requests + 1] = one end
  file:close()
  math.randomseed(os.time())
  turn = math.random(#requests)
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
