// A comment.
/* Another
   one. */
let a = 1;
let b = 2;
[a, b].push(3);
print(a, b); // the end
