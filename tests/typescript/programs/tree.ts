interface Tree {
  key: number;
  left: Tree | null;
  right: Tree | null;
}
function insert(tree: Tree | null, key: number): Tree {
  if (tree === null) return { key, left: null, right: null };
  if (key < tree.key) tree.left = insert(tree.left, key);
  else tree.right = insert(tree.right, key);
  return tree;
}
function walk(tree: Tree | null): string {
  return tree === null ? '' : `${walk(tree.left)}${tree.key} ${walk(tree.right)}`;
}
let root: Tree | null = null;
for (const key of [5, 2, 8, 1, 9, 3]) root = insert(root, key);
print(walk(root));
