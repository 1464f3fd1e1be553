local length = 0
for _ = 1, 5000 do
  local text = ""
  for j = 0, 99 do text = text .. ("ab" .. j) end
  length = length + #text
end
return length
