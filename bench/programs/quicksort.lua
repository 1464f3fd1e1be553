local function sort(list, from, to)
  while from < to do
    local pivot = list[(from + to) >> 1]
    local low, high = from, to
    while low <= high do
      while list[low] < pivot do low = low + 1 end
      while list[high] > pivot do high = high - 1 end
      if low <= high then
        list[low], list[high] = list[high], list[low]
        low = low + 1
        high = high - 1
      end
    end
    sort(list, from, high)
    from = low
  end
end

local list = {}
local seed = 1
for i = 0, 999999 do
  seed = (seed * 1103515245 + 12345) & 2147483647
  list[i] = seed
end
sort(list, 0, 999999)
local sum = 0
for i = 0, 999999, 1000 do sum = (sum * 31 + list[i]) % 1000003 end
return sum
