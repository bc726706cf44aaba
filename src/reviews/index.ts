export { ReviewNames } from './review-names.js';
export { ReviewsModule } from './reviews.module.js';
