/** Raised when the keys change; what a later version wrote is refused. */
export const REDIS_SCHEMA = 1;

/**
 * Every script starts with this. KEYS: the sorted set of digests by date in seconds, and the hash of
 * marks. It refuses a store that lost part of itself, be it evicted or deleted by hand: the marks
 * say how many entries there are to be.
 *
 * Redis does not undo what a script did before it failed, so scripts look first and write last.
 */
export const PRELUDE = `
local spent, marks = KEYS[1], KEYS[2]
local schema, horizon, keep, count =
  unpack(redis.call('HMGET', marks, 'schema', 'horizon', 'keep', 'count'))
local entries = redis.call('ZCARD', spent)
if not schema and entries > 0 then
  return redis.error_reply('STAMPMILL the marks of the store are missing')
end
if schema and schema ~= '${REDIS_SCHEMA}' then
  return redis.error_reply('STAMPMILL written by another version of stampmill, schema ' .. schema)
end
horizon, keep, count = tonumber(horizon or '-1'), tonumber(keep or '0'), tonumber(count or '0')
if count ~= entries then
  return redis.error_reply('STAMPMILL entries are missing: ' .. entries .. ' of ' .. count)
end
local function save()
  redis.call('HSET', marks, 'schema', '${REDIS_SCHEMA}',
    'horizon', string.format('%.0f', horizon),
    'keep', string.format('%.0f', keep),
    'count', string.format('%.0f', redis.call('ZCARD', spent)))
end
local function outcome(time, digest)
  if redis.call('ZSCORE', spent, digest) then return 's' end
  if tonumber(time) <= horizon then return 'p' end
  return 'f'
end
local function remove(cutoff, limit)
  local old = redis.call('ZRANGEBYSCORE', spent, '-inf', cutoff, 'WITHSCORES', 'LIMIT', 0, limit)
  if #old == 0 then return 0 end
  horizon = math.max(horizon, tonumber(old[#old]))
  return redis.call('ZREMRANGEBYRANK', spent, 0, #old / 2 - 1)
end
`;

/** keep, now, limit, then for each set its size and its entries. One letter for each entry. */
const SPEND = `
keep = math.max(keep, tonumber(ARGV[1]))
local letters = {}
local i = 4
while i <= #ARGV do
  local last = i + 2 * tonumber(ARGV[i])
  local fresh = true
  for j = i + 1, last, 2 do
    local letter = outcome(ARGV[j], ARGV[j + 1])
    fresh = fresh and letter == 'f'
    letters[#letters + 1] = letter
  end
  if fresh then
    for j = i + 1, last, 2 do redis.call('ZADD', spent, ARGV[j], ARGV[j + 1]) end
  end
  i = last + 1
end
remove(tonumber(ARGV[2]) - keep, ARGV[3])
save()
return table.concat(letters)
`;

/** Entries. One letter for each. */
const LOOK = `
local letters = {}
for j = 1, #ARGV, 2 do letters[#letters + 1] = outcome(ARGV[j], ARGV[j + 1]) end
return table.concat(letters)
`;

/** Entries. One letter for each as it was before. */
const ADD = `
local letters = {}
for j = 1, #ARGV, 2 do
  local letter = outcome(ARGV[j], ARGV[j + 1])
  letters[#letters + 1] = letter
  if letter == 'f' then redis.call('ZADD', spent, ARGV[j], ARGV[j + 1]) end
end
save()
return table.concat(letters)
`;

/** The least that horizon and keep are to be from now on, and what keep is to be, or ''. */
const MARK = `
horizon = math.max(horizon, tonumber(ARGV[1]))
keep = math.max(keep, tonumber(ARGV[2]))
if ARGV[3] ~= '' then keep = tonumber(ARGV[3]) end
save()
return 0
`;

/** now, limit. How many were removed. */
const PURGE = `
local cutoff = horizon
if keep > 0 then cutoff = math.max(cutoff, tonumber(ARGV[1]) - keep) end
local removed = remove(cutoff, ARGV[2])
save()
return removed
`;

const STATS = `
local oldest = redis.call('ZRANGE', spent, 0, 0, 'WITHSCORES')
local newest = redis.call('ZRANGE', spent, -1, -1, 'WITHSCORES')
return { entries, oldest[2] or '', newest[2] or '', horizon, keep }
`;

export const SCRIPTS = {
  spend: PRELUDE + SPEND,
  look: PRELUDE + LOOK,
  add: PRELUDE + ADD,
  mark: PRELUDE + MARK,
  purge: PRELUDE + PURGE,
  stats: PRELUDE + STATS,
};
