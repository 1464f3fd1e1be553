/** The same work, for the lab and for Lua. */

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {string} lab in the lab's assembler
 * @property {string} lua
 */

/** @type {Workload[]} */
export const WORKLOADS = [
  {
    name: 'fib(30)',
    lab: `
.func fib (n)
    load n
    const 2
    lt
    jt small
    load n
    const 1
    sub
    call fib
    load n
    const 2
    sub
    call fib
    add
    ret
small:
    load n
    ret
.func main
    const 30
    call fib
    ret
`,
    lua: `
local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end
return fib(30)
`,
  },
  {
    name: '10 M loop iterations',
    lab: `
.func main
.local i sum
    const 0
    store i
    const 0
    store sum
again:
    load sum
    load i
    add
    store sum
    load i
    const 1
    add
    store i
    load i
    const 10000000
    lt
    jt again
    load i
    ret
`,
    lua: `
local sum, last = 0, 0
for i = 1, 10000000 do
  sum = sum + i
  last = i
end
return last
`,
  },
  {
    name: '1 M small objects',
    lab: `
.shape Node value next
.func main
.local i last
    const 0
    store i
again:
    new Node
    store last
    load last
    load i
    set Node.value
    load i
    const 1
    add
    store i
    load i
    const 1000000
    lt
    jt again
    load i
    ret
`,
    lua: `
local last
local count = 0
for i = 1, 1000000 do
  last = { value = i, next = nil }
  count = i
end
return count
`,
  },
];
