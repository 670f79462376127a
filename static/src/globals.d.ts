/** The path of the creator's style sheet; written in by build.mjs. */
declare const CREATOR_STYLE: string;
declare module "*.svg" {
  const path: string;
  export default path;
}
