local function grown(depth)
  local tree = {}
  if depth > 0 then
    tree.left = grown(depth - 1)
    tree.right = grown(depth - 1)
  end
  return tree
end

local function count(tree)
  local left, right = tree.left, tree.right
  if left == nil or right == nil then return 1 end
  return 1 + count(left) + count(right)
end

local all = 0
for _ = 1, 20 do all = all + count(grown(14)) end
return all
