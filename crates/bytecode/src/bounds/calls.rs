//! The call graph: which functions call each other in circles.

use crate::{Instruction, VerifiedModule};

/// Functions that call each other in circles, or a single function outside of such circles.
#[derive(Debug)]
pub(super) struct Component {
    /// Ascending.
    pub functions: Vec<u16>,
    pub recursive: bool,
}

impl Component {
    pub fn contains(&self, function: u16) -> bool {
        self.functions.binary_search(&function).is_ok()
    }
}

/// The reachable calls of a function: instruction and callee. A spawn is not a call.
pub(super) fn callees(
    module: &VerifiedModule,
    function: u16,
) -> impl Iterator<Item = (u32, u16)> + '_ {
    let function = &module.functions()[usize::from(function)];
    (0_u32..).zip(function.instructions()).filter_map(|(at, instruction)| match instruction {
        Instruction::Call(callee) if function.height(at).is_some() => Some((at, *callee)),
        _ => None,
    })
}

/// All functions, callees before callers (Tarjan's strongly connected components, without
/// recursion).
pub(super) fn components(module: &VerifiedModule) -> Vec<Component> {
    let count = module.functions().len();
    let graph: Vec<Vec<u16>> = (0..count)
        .map(|function| callees(module, function as u16).map(|(_, callee)| callee).collect())
        .collect();
    let mut search = Search {
        number: vec![0; count],
        low: vec![0; count],
        on_stack: vec![false; count],
        stack: Vec::new(),
        next: 1,
        found: Vec::new(),
    };
    for root in 0..count {
        if search.number[root] == 0 {
            search.run(root, &graph);
        }
    }
    search.found
}

struct Search {
    /// From 1 in the order of discovery; 0 is undiscovered.
    number: Vec<u32>,
    low: Vec<u32>,
    on_stack: Vec<bool>,
    stack: Vec<usize>,
    next: u32,
    found: Vec<Component>,
}

impl Search {
    fn discover(&mut self, node: usize) {
        self.number[node] = self.next;
        self.low[node] = self.next;
        self.next += 1;
        self.stack.push(node);
        self.on_stack[node] = true;
    }

    fn run(&mut self, root: usize, graph: &[Vec<u16>]) {
        self.discover(root);
        let mut path = vec![(root, 0)];
        while let Some((node, edge)) = path.last_mut() {
            let node = *node;
            if let Some(&callee) = graph[node].get(*edge) {
                *edge += 1;
                let callee = usize::from(callee);
                if self.number[callee] == 0 {
                    self.discover(callee);
                    path.push((callee, 0));
                } else if self.on_stack[callee] {
                    self.low[node] = self.low[node].min(self.number[callee]);
                }
                continue;
            }
            path.pop();
            if let Some((caller, _)) = path.last() {
                self.low[*caller] = self.low[*caller].min(self.low[node]);
            }
            if self.low[node] == self.number[node] {
                self.close(node, graph);
            }
        }
    }

    fn close(&mut self, root: usize, graph: &[Vec<u16>]) {
        let mut functions = Vec::new();
        loop {
            let node = self.stack.pop().expect("the root is on the stack");
            self.on_stack[node] = false;
            functions.push(node as u16);
            if node == root {
                break;
            }
        }
        functions.sort_unstable();
        let recursive = functions.len() > 1 || graph[root].contains(&(root as u16));
        self.found.push(Component { functions, recursive });
    }
}
