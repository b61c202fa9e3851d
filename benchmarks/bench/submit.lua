-- For wrk: JOBS jobs a request (environment; 1 unless it is set), for the year 2999. Prints what Python reads.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local job = '{"source": "/none", "kind": "noop", "not_before": "2999-01-01T00:00:00Z"}'
local jobs = tonumber(os.getenv("JOBS") or 1)
wrk.body = jobs == 1 and job or '{"jobs": [' .. job .. string.rep(", " .. job, jobs - 1) .. "]}"

function done(summary, latency, requests)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status
    + summary.errors.timeout
  io.write(string.format("figures %d %d %f %f %d\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), bad))
end
