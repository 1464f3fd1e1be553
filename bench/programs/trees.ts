class Tree {
  left: Tree | null = null;
  right: Tree | null = null;
}

function grown(depth: number): Tree {
  const tree = new Tree();
  if (depth > 0) {
    tree.left = grown(depth - 1);
    tree.right = grown(depth - 1);
  }
  return tree;
}

function count(tree: Tree): number {
  const left = tree.left;
  const right = tree.right;
  return left === null || right === null ? 1 : 1 + count(left) + count(right);
}

let all = 0;
for (let i = 0; i < 20; i++) all += count(grown(14));
print(all);
