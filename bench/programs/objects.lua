local last
for i = 0, 999999 do last = { value = i, next = nil } end
return last.value
