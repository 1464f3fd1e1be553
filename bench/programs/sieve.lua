local size = 2000000
local composite = {}
for n = 0, size - 1 do composite[n] = false end
local primes = 0
for n = 2, size - 1 do
  if not composite[n] then
    primes = primes + 1
    for m = n + n, size - 1, n do composite[m] = true end
  end
end
return primes
