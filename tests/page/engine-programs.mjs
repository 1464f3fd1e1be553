/** Programs that the tests of the engine run. */

/** Prints and gives 6765. */
export const FIB = `
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
    const 20
    call fib
    print
    const 20
    call fib
    ret
`;

/**
 * So many tasks that count for ever.
 *
 * @param {number} tasks
 */
export function spinners(tasks) {
  return `
.func spin
.local i
    const 0
    store i
again:
    load i
    const 1
    add
    store i
    jmp again
.func main
${'    spawn spin\n    pop\n'.repeat(tasks - 1)}
    call spin
    ret
`;
}

/** Blocks its worker for ten seconds outside of any safe region. */
export const STALL = `
.func main
    const 10000
    stall
    const null
    ret
`;

/** Ends nowhere, and asks for no memory and no poll. */
export const ENDLESS = spinners(1);

export const RECURSE_FOR_EVER = `
.func down (n)
    load n
    call down
    ret
.func main
    const 0
    call down
    ret
`;

export const ALLOCATE_EVERYTHING = `
.shape Node next
.global list
.func main
again:
    new Node
    dup
    gload list
    set Node.next
    gstore list
    jmp again
`;

export const TRAP = `
.func main
    trap "no more tea"
`;

export const NO_POLLS = { calls: false, back_edges: false, allocations: false, awaits: false, every: 1 };
