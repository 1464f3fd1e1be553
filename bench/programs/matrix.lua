local function filled(size, step)
  local rows = {}
  for i = 0, size - 1 do
    local row = {}
    for j = 0, size - 1 do row[j] = (i * step + j) % 10 + 0.5 end
    rows[i] = row
  end
  return rows
end

local size = 200
local a, b = filled(size, 3), filled(size, 7)
local trace = 0
for i = 0, size - 1 do
  local row = a[i]
  for j = 0, size - 1 do
    local sum = 0
    for k = 0, size - 1 do sum = sum + row[k] * b[k][j] end
    if i == j then trace = trace + sum end
  end
end
return trace
