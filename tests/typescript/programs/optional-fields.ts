interface Options {
  name: string;
  size?: number;
}
function describe(options: Options): string {
  return options.name + (options.size === undefined ? '' : ` of ${options.size}`);
}
print(describe({ name: 'a' }), describe({ name: 'b', size: 3 }));
