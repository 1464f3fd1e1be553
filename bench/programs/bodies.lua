local function body(x, y, z, vx, vy, vz, mass)
  return { x = x, y = y, z = z, vx = vx, vy = vy, vz = vz, mass = mass }
end

local bodies = {
  body(0, 0, 0, 0, 0, 0, 39.47),
  body(4.84, -1.16, -0.1, 0.6, 2.81, -0.02, 0.037),
  body(8.34, 4.12, -0.4, -1.01, 1.82, 0.008, 0.011),
  body(12.89, -15.11, -0.22, 1.08, 0.86, -0.01, 0.0017),
  body(15.37, -25.9, 0.17, 0.97, 0.59, -0.034, 0.002),
}

local function advance(dt)
  for i = 1, #bodies do
    local a = bodies[i]
    for j = i + 1, #bodies do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      local square = dx * dx + dy * dy + dz * dz
      local size = dt / (square * math.sqrt(square))
      a.vx = a.vx - dx * b.mass * size
      a.vy = a.vy - dy * b.mass * size
      a.vz = a.vz - dz * b.mass * size
      b.vx = b.vx + dx * a.mass * size
      b.vy = b.vy + dy * a.mass * size
      b.vz = b.vz + dz * a.mass * size
    end
  end
  for _, body in ipairs(bodies) do
    body.x = body.x + dt * body.vx
    body.y = body.y + dt * body.vy
    body.z = body.z + dt * body.vz
  end
end

for _ = 1, 50000 do advance(0.01) end
return string.format("%.3f", bodies[2].x * 1000000)
