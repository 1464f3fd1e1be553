local last
local count = 0
for i = 1, 1000000 do
  last = { value = i, next = nil }
  count = i
end
return count
