import * as Args from '@oclif/core/args';
import {scripts} from '../cli/complete/scripts.ts';
import {KdiagCommand} from '../cli/kdiag-command.ts';

export default class Completion extends KdiagCommand {
  static override summary = "Print what a shell needs to complete kdiag's command lines";
  static override description = `Commands, flags and their values, finding codes; and names of contexts, namespaces, Services, nodes and pods, which are asked of the
cluster that the line means, for a second and a half at the most. kubectl completes kubectl kdiag by itself, as kubectl_complete-kdiag comes with the package.`;
  static override examples = [
    {command: "echo 'source <(<%= config.bin %> completion bash)' >> ~/.bashrc", description: 'In bash, from the next shell on'},
    {command: "echo 'source <(<%= config.bin %> completion zsh)' >> ~/.zshrc", description: 'In zsh, after compinit'},
    {command: '<%= config.bin %> completion fish > ~/.config/fish/completions/kdiag.fish', description: 'In fish'},
  ];
  static override args = {shell: Args.string({required: true, options: Object.keys(scripts), description: 'bash, zsh or fish'})};

  async run(): Promise<void> {
    const {args: {shell}} = await this.parse(Completion);
    process.stdout.write(scripts[shell as keyof typeof scripts]);
  }
}
