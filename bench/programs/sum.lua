local sum, last = 0, 0
for i = 1, 10000000 do
  sum = sum + i
  last = i
end
return last
