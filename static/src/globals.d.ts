/** Paths of the style sheets of pages; written in by build.mjs. */
declare const CATALOG_STYLE: string;
declare const CREATOR_STYLE: string;
declare module "*.svg" {
  const path: string;
  export default path;
}
