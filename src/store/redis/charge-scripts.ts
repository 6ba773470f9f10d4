import { PRELUDE } from "./scripts.ts";

/**
 * What the scripts about posters begin with, behind PRELUDE. KEYS[3] is the sorted set of posters by
 * their TAT in milliseconds; the clock of src/price/clock.ts and the count of posters are among the
 * marks. All numbers are whole and below 2^53, which Lua's doubles hold exactly.
 */
const GATE = `
local posters = KEYS[3]
local seen, offset, low, remember, known =
  unpack(redis.call('HMGET', marks, 'seen', 'offset', 'low', 'remember', 'posters'))
seen, offset, low = tonumber(seen or '0'), tonumber(offset or '0'), tonumber(low or '-1')
remember, known = tonumber(remember or '0'), tonumber(known or '0')
if known ~= redis.call('ZCARD', posters) then
  return redis.error_reply('STAMPMILL posters are missing: '
    .. redis.call('ZCARD', posters) .. ' of ' .. known)
end
local function whole(number) return string.format('%.0f', number) end
local function tick(now, patience)
  local time = now + offset
  if now >= seen then
    seen, offset, low = now, 0, -1
  elseif time >= seen then
    seen, low = time, -1
  elseif seen - time > 60000 then
    if low < 0 or now < low then
      low = now
    elseif now - low >= patience then
      offset, low = seen - now, -1
    end
  end
end
`;

/** `takeStep` of src/price/price.ts, line by line. */
export const STEP = `
local function step(base, cap, free, tau, start, full, tat, now, advance)
  local debt = start
  if tat then debt = math.max(0, tat - now) end
  local price = base
  local beyond = math.min(debt, full) - free
  if beyond > 0 then price = math.min(cap, base + math.ceil(256 * beyond / tau)) end
  return price, now + math.max(debt, math.min(debt + advance, full))
end
`;

/**
 * keep, the purge's now in seconds, remember, then for each post: its poster, now, advance, paid, the
 * six numbers of its tariff, the number of its stamps and their entries. For each post: a, u or s
 * for its status, price, lead, and a letter for each stamp.
 */
const CHARGE = `
keep = math.max(keep, tonumber(ARGV[1]))
remember = math.max(remember, tonumber(ARGV[3]))
local offset_before, low_before = offset, low
local replies, accepted, written = {}, 0, 0
local i = 4
while i <= #ARGV do
  local poster = ARGV[i]
  local now, advance, paid = tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])
  local base, cap, free = tonumber(ARGV[i + 4]), tonumber(ARGV[i + 5]), tonumber(ARGV[i + 6])
  local tau, start, full = tonumber(ARGV[i + 7]), tonumber(ARGV[i + 8]), tonumber(ARGV[i + 9])
  local first, last = i + 11, i + 10 + 2 * tonumber(ARGV[i + 10])
  tick(now, full)
  local tat = tonumber(redis.call('ZSCORE', posters, poster) or nil)
  local price, next_tat = step(base, cap, free, tau, start, full, tat, seen, advance)
  local status, letters = 'a', {}
  for j = first, last, 2 do
    local letter = outcome(ARGV[j], ARGV[j + 1])
    if letter ~= 'f' then status = 's' end
    letters[#letters + 1] = letter
  end
  if status == 'a' and paid < price then status = 'u' end
  if status == 'a' then
    for j = first, last, 2 do redis.call('ZADD', spent, ARGV[j], ARGV[j + 1]) end
    redis.call('ZADD', posters, whole(next_tat), poster)
    tat, accepted, written = next_tat, accepted + 1, written + #letters
  end
  replies[#replies + 1] = status
  replies[#replies + 1] = whole(price)
  replies[#replies + 1] = tat and whole(tat - seen) or ''
  replies[#replies + 1] = table.concat(letters)
  i = last + 1
end
if accepted > 0 then
  remove(tonumber(ARGV[2]) - keep, 2 * written + 100)
  local old = redis.call('ZRANGEBYSCORE', posters, '-inf', whole(seen - remember),
    'LIMIT', 0, 2 * accepted + 100)
  if #old > 0 then redis.call('ZREMRANGEBYRANK', posters, 0, #old - 1) end
  save()
end
if accepted > 0 or offset ~= offset_before or low ~= low_before then
  redis.call('HSET', marks, 'seen', whole(seen), 'offset', whole(offset), 'low', whole(low),
    'remember', whole(remember), 'posters', whole(redis.call('ZCARD', posters)))
end
return replies
`;

/** For each question its poster, now and the tariff's full. For each the lead, or ''. */
const LEADS = `
local leads = {}
local seen_before, offset_before, low_before = seen, offset, low
for i = 1, #ARGV, 3 do
  seen, offset, low = seen_before, offset_before, low_before
  tick(tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]))
  local tat = redis.call('ZSCORE', posters, ARGV[i])
  leads[#leads + 1] = tat and whole(tonumber(tat) - seen) or ''
end
return leads
`;

/** A secret to be kept if there is none yet. The one that is kept. */
const SECRET = `
if redis.call('HSETNX', marks, 'secret', ARGV[1]) == 1 then save() end
return redis.call('HGET', marks, 'secret')
`;

export const POSTER_SCRIPTS = {
  charge: PRELUDE + GATE + STEP + CHARGE,
  leads: PRELUDE + GATE + LEADS,
  secret: PRELUDE + SECRET,
};
